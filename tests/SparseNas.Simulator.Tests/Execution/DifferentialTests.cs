using FsCheck;
using FsCheck.Fluent;
using SparseNas.Boards;
using SparseNas.Networks;

namespace SparseNas.Simulator.Tests.Execution;

/// <summary>Random integer code gives what .NET gives, wherever the two are meant to agree.</summary>
public class DifferentialTests
{
    [Fact]
    public void RandomIntegerMethodsAgreeWithDotNet() => Prop.ForAll<int>(Agrees).QuickCheckThrowOnFailure();

    [Fact]
    public void ThreeHundredSeededMethodsAgreeWithDotNet() => Assert.All(Enumerable.Range(1, 300), seed => Assert.True(Agrees(seed), $"seed {seed}"));

    [Fact]
    [Trait("Category", "Exhaustive")]
    public void TwentyThousandSeededMethodsAgreeWithDotNet() => Assert.All(Enumerable.Range(1, 20_000), seed => Assert.True(Agrees(seed), $"seed {seed}"));

    private static bool Agrees(int seed)
    {
        IntegerProgram program = new((ulong)(uint)seed);
        using SimulatedDevice device = new(BoardCatalog.Default.Find("ST_NUCLEO64_F411RE_NF"), 40_000);
        device.Load(program.Assemble());
        SeededRandom random = new((ulong)(uint)seed + 7);
        for (int trial = 0; trial < 4; trial++)
        {
            int a = (int)random.NextUInt64(), b = random.Next(100) - 50;
            long c = (long)random.NextUInt64(), d = random.Next(1000) - 500;
            if (!Equals(program.RunOnDotNet(a, b, c, d), device.Call("P.Run", a, b, c, d))) return false;
        }

        return true;
    }
}
