using SparseNas.Codegen.Compilation;
using SparseNas.Simulator.Tests.Conformance;

namespace SparseNas.Simulator.Tests.Corlib;

/// <summary>Random numbers of the device's C library, and an enumeration as text, which is its number there.</summary>
public class RandomTests
{
    /// <summary>newlib's rand from seed 1, by hand: 1 * 6364136223846793005 + 1, bits 32 to 62; and once more.</summary>
    [Fact]
    public void SequenceIsThatOfTheCLibrary()
    {
        ulong state = unchecked((1UL * 6_364_136_223_846_793_005UL) + 1), next = unchecked((state * 6_364_136_223_846_793_005UL) + 1);
        long first = (long)((state >> 32) & 0x7FFFFFFF), second = (long)((next >> 32) & 0x7FFFFFFF);
        Assert.Equal(first, Run("System.Random r = new System.Random(1); return r.Next();"));
        Assert.Equal(second % 100, Run("System.Random r = new System.Random(1); r.Next(); return r.Next(100);"));
        Assert.Equal((int)(second / 2147483647.0 * 1000), Run("System.Random r = new System.Random(1); r.Next(); return (int)(r.NextDouble() * 1000);"));
        Assert.Equal((byte)first, Run("System.Random r = new System.Random(1); byte[] b = new byte[2]; r.NextBytes(b); return b[0];"));
    }

    [Fact]
    public void OneStateServesEveryObject() =>
        Assert.Equal(1, Run("System.Random a = new System.Random(5), b = new System.Random(1); int x = a.Next(); return x == new System.Random(1).Next() ? 1 : 0;"));

    [Fact]
    public void AnEnumerationAsTextIsItsNumber() => Assert.Equal(-200, Run("return -int.Parse(System.DayOfWeek.Tuesday.ToString()) * 100;"));

    private static long? Run(string body)
    {
        using SimulatedDevice device = new(ConformanceCase.Board, 100_000);
        device.Load(FirmwareCompiler.Compile([new SourceFile("Case.cs", $"public static class Case {{ public static int Run() {{ {body} }} }}")], "app", FirmwareOutput.Library).Image);
        SimulationReport report = device.Run("Case.Run");
        Assert.Null(report.Exception);
        return report.Result;
    }
}
