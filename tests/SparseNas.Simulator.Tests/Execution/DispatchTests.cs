using SparseNas.Codegen.Compilation;
using SparseNas.Simulator.Tests.Conformance;

namespace SparseNas.Simulator.Tests.Execution;

/// <summary>
/// Where virtual calls go on the device and not on the desktop: by name and signature, from the object's class upwards (TypeSystem.cpp,
/// FindVirtualMethodDef). Expected values follow from that rule by hand.
/// </summary>
public class DispatchTests
{
    private const string Classes = """
        interface IShape { int Area(); }
        class B : IShape { public int Area() { return 1; } public virtual int V() { return 10; } }
        class Hides : B { public new int Area() { return 2; } public new int V() { return 20; } }
        class OtherResult : Hides { public new long V() { return 30; } }
        class Explicit : B, IShape { int IShape.Area() { return 5; } public new int Area() { return 6; } new int V() { return 40; } public int Own() { return V(); } }

        """;

    [Theory]
    [InlineData("a hiding method answers for the interface", "((IShape)new Hides()).Area()", 2)]
    [InlineData("a hiding method answers for the virtual one, though it is not virtual", "((B)new Hides()).V()", 20)]
    [InlineData("another result is another method", "((B)new OtherResult()).V()", 20)]
    [InlineData("a private method hides too", "((B)new Explicit()).V()", 40)]
    [InlineData("an explicit implementation comes first", "((IShape)new Explicit()).Area()", 5)]
    [InlineData("a call that is not virtual goes where the compiler says", "((B)new Hides()).Area()", 1)]
    [InlineData("an object of the class itself", "new B().V()", 10)]
    public void GoesToTheNearestMethodOfThatNameAndSignature(string rule, string call, int expected)
    {
        using SimulatedDevice device = new(ConformanceCase.Board, 100_000) { BudgetOpcodes = 100_000 };
        string source = $"{Classes}public static class Case {{ public static int Run() {{ return {call}; }} }}";
        device.Load(FirmwareCompiler.Compile([new SourceFile("Case.cs", source)], "app", FirmwareOutput.Library).Image);
        long? result = device.Run("Case.Run").Result;
        Assert.True(result == expected, $"{rule}: {result} instead of {expected}");
    }
}
