using SparseNas.Codegen.Compilation;
using SparseNas.Simulator.Tests.Conformance;

namespace SparseNas.Simulator.Tests.Corlib;

/// <summary>What the simulator does not model is named, with the information whether the device has it and where.</summary>
public class MissingMemberTests
{
    [Theory]
    [InlineData("new System.Version(1, 2).Major", "System.Version::.ctor(int,int)")]
    [InlineData("new System.Collections.ArrayList().Capacity", "System.Collections.ArrayList::get_Capacity()")]
    [InlineData("System.Guid.NewGuid().GetHashCode()", "System.Guid::NewGuid()")]
    [InlineData("System.Convert.ToBase64String(new byte[3]).Length", "System.Convert::ToBase64String(byte[])")]
    public void AMemberThatTheDeviceHasIsNamed(string expression, string member)
    {
        MissingMemberFault fault = Assert.Throws<MissingMemberFault>(() => Run($"public static class Case {{ public static int Run() {{ return {expression}; }} }}"));
        Assert.Equal(member, fault.Member);
        Assert.True(fault.OnDevice);
        Assert.Contains("the device has it, but the simulator does not model it", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("System", "Math", "nanoFramework.System.Math")]
    [InlineData("System.Text", "StringBuilder", "nanoFramework.System.Text")]
    [InlineData("System.Collections", "Hashtable", "nanoFramework.System.Collections")]
    [InlineData("System.Device.Gpio", "GpioController", "nanoFramework.System.Device.Gpio")]
    public void ATypeOfAnotherPackageIsNamedWithIt(string @namespace, string type, string package)
    {
        MissingMemberFault fault = RunAgainstALibrary(@namespace, type);
        Assert.True(fault.OnDevice);
        Assert.Equal(package, fault.Package);
        Assert.Contains($"type {@namespace}.{type}: the device has it in the package {package}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATypeThatTheDeviceLacksIsNamed()
    {
        MissingMemberFault fault = RunAgainstALibrary("System.Linq", "Enumerable");
        Assert.False(fault.OnDevice);
        Assert.Contains("type System.Linq.Enumerable: neither the program nor the device's libraries have it", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMemberThatTheDeviceLacksDoesNotCompile()
    {
        Exception error = Assert.ThrowsAny<Exception>(() => Run("public static class Case { public static int Run() { return System.Math.Max(1, 2); } }"));
        Assert.Contains("Math", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Compiles against a library of its own that is not loaded, as a program compiled elsewhere comes.</summary>
    private static MissingMemberFault RunAgainstALibrary(string @namespace, string type)
    {
        CompiledFirmware library = FirmwareCompiler.Compile([new SourceFile("L.cs", $"namespace {@namespace} {{ public static class {type} {{ public static int Max(int a, int b) {{ return a; }} }} }}")], "library", FirmwareOutput.Library);
        SourceFile source = new("Case.cs", $"public static class Case {{ public static int Run() {{ return {@namespace}.{type}.Max(1, 2); }} }}");
        using SimulatedDevice device = new(ConformanceCase.Board, 100_000);
        return Assert.Throws<MissingMemberFault>(() =>
        {
            device.Load(FirmwareCompiler.Compile([source], "app", FirmwareOutput.Library, [library]).Image);
            device.Run("Case.Run");
        });
    }

    private static void Run(string source)
    {
        using SimulatedDevice device = new(ConformanceCase.Board, 100_000);
        device.Load(FirmwareCompiler.Compile([new SourceFile("Case.cs", source)], "app", FirmwareOutput.Library).Image);
        device.Run("Case.Run");
    }
}
