using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using SparseNas.Boards;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Codegen.Emission.Code;
using SparseNas.Codegen.Limits;
using SparseNas.Codegen.Tests.Emission;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Quantization.Execution;
using SparseNas.Simulator;
using SparseNas.Testing.Networks;

namespace SparseNas.Codegen.Tests.Limits;

public class AssemblyLimitsTests
{
    [Fact]
    public void A_model_too_large_for_one_assembly_is_split_and_stays_exact()
    {
        QuantizedNetwork network = RandomQuantizedNetworks.Draw(SixNetworks.All[0], new SeededRandom(2), new RandomQuantization { MultiplierBits = [15] });
        CostTable costs = BoardCatalog.Default.FindCostTable("cortex-m4f-lto");
        GeneratedModel model = ModelGenerator.Generate(network, EmissionGoal.Auto, costs, EmissionBudget.Unlimited, TestHeader.Plain);
        Assert.NotEmpty(model.Libraries);
        Assert.True(model.Cost.IlBytes > AssemblyLimits.IlBytes.Most, "the network was meant to need more than one assembly");
        byte[][] images = RandomImages.Draw(network.Graph.Input, 5, new SeededRandom(8));
        using SimulatedDevice device = new(BoardCatalog.Default.Find("ST_STM32F4_DISCOVERY"));
        foreach (CompiledFirmware assembly in DeviceAssemblies.Compile(model))
        {
            Assert.InRange(IlBytes(assembly), 1, (int)AssemblyLimits.IlBytes.Most);
            device.Load(assembly.Image);
        }

        device.Call($"{GeneratedModel.TypeName}.Reset");
        foreach (byte[] row in images[4].Chunk(28)) device.Call($"{GeneratedModel.TypeName}.PushRow", row);
        device.Call($"{GeneratedModel.TypeName}.Run");
        int[] expected = NaiveIntegerExecutor.Run(network, images[4]).Logits;
        Assert.Equal(expected, Enumerable.Range(0, 10).Select(index => (int)device.Call($"{GeneratedModel.TypeName}.Logit", index)!));
    }

    [Fact]
    public void A_tight_image_budget_makes_the_chooser_switch_strategies_and_an_impossible_one_is_refused_with_values()
    {
        QuantizedNetwork network = RandomQuantizedNetworks.Draw(SixNetworks.All[3], new SeededRandom(2));
        CostTable costs = BoardCatalog.Default.FindCostTable("cortex-m4f-lto");
        GeneratedModel free = ModelGenerator.Generate(network, EmissionGoal.Fast, costs, EmissionBudget.Unlimited, TestHeader.Plain);
        EmissionBudget tight = new(12_000, 20_000);
        GeneratedModel small = ModelGenerator.Generate(network, EmissionGoal.Fast, costs, tight, TestHeader.Plain);
        Assert.True(free.Cost.IlBytes > tight.ImageBytes);
        Assert.InRange(small.Cost.IlBytes + small.Cost.InitialiserBytes, 1, tight.ImageBytes);
        Assert.InRange(small.Cost.HeapBytes, 1, tight.HeapBytes);
        Assert.True(small.Cost.Cycles > free.Cost.Cycles);

        EmissionBudgetException refused = Assert.Throws<EmissionBudgetException>(
            () => ModelGenerator.Generate(network, EmissionGoal.Fast, costs, new EmissionBudget(2_000, 1_000), TestHeader.Plain));
        Assert.Contains("heap <= 1000 bytes", refused.Message, StringComparison.Ordinal);
        Assert.Contains("2000 bytes of image", refused.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Limits => [.. AssemblyLimits.All.Select(limit => limit.Name)];

    [Theory]
    [MemberData(nameof(Limits))]
    public void Every_limit_is_checked_at_its_edge(string name)
    {
        AssemblyLimit limit = AssemblyLimits.All.Single(candidate => candidate.Name == name);
        Assert.DoesNotContain(Driven(limit, limit.Most), found => found.Limit == limit);
        LimitBreak found = Assert.Single(Driven(limit, limit.Most + 1), found => found.Limit == limit);
        Assert.Equal(limit.Most + 1, found.Used);
        Assert.Contains((limit.Most + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), found.ToString(), StringComparison.Ordinal);
        Assert.Contains(limit.Law, new AssemblyLimitException([found]).Message, StringComparison.Ordinal);
    }

    /// <summary>The breaks of code whose value for one limit is given.</summary>
    private static ImmutableArray<LimitBreak> Driven(AssemblyLimit limit, long value) => limit.Name switch
    {
        "ilBytes" => AssemblyLimits.Check([("Model", value, 0)], [], 1),
        "initialiserBytes" => AssemblyLimits.Check([("Model", 0, value)], [], 1),
        "arrayBytes" => AssemblyLimits.Check([], [], (int)value),
        "locals" => AssemblyLimits.Check(Step(WithLocals((int)value))),
        "stack" => AssemblyLimits.Check(Step(WithStack((int)value))),
        "branchBytes" => AssemblyLimits.Check(Step(WithBranch((int)value))),
        "staticFields" => AssemblyLimits.Check([], [Step(Block.Of()) with { Tables = [.. Tables((int)value - 8)] }], 1),
        "staticMethods" => AssemblyLimits.Check([], [.. Enumerable.Repeat(Step(Block.Of()), (int)value - 10)], 1),
        _ => throw new ArgumentException($"the limit '{limit.Name}' has no test"),
    };

    private static OperatorCode Step(Block body) => new("test", [0], new Method("Step", [], body), []);

    private static IEnumerable<Table> Tables(int count) => Enumerable.Repeat(new Table("T", DeviceType.SBytes, []), count);

    private static Block WithLocals(int count)
    {
        Variable[] all = [.. Enumerable.Range(0, count).Select(index => Variable.Counter($"v{index}"))];
        Variable arena = Variable.Array("arena", DeviceType.Bytes);
        IEnumerable<Statement> statements = all.Select(variable => (Statement)new Declare(variable, 1));
        return Block.Of([.. statements, .. all.Select(variable => new Store(OperatorSite.Arena, variable, variable))]);
    }

    private static Block WithStack(int depth)
    {
        Expression nested = OperatorSite.Arena[0];
        for (int level = 0; level < depth - 4; level++) nested = new Binary(Operation.Add, 1, nested);
        return Block.Of(new Store(OperatorSite.Arena, 0, nested));
    }

    /// <summary>A body of ldsfld, ldc, ldc, stelem (8 bytes with long constants shortened) behind a condition, filled up to the byte.</summary>
    private static Block WithBranch(int bytes)
    {
        List<Statement> body = [];
        int left = bytes;
        for (; left >= 26; left -= 8) body.Add(new Store(OperatorSite.Arena, 0, 0));          // 5 + 1 + 1 + 1
        for (; left >= 8 && left % 8 != 0 && left >= 17; left -= 9) body.Add(new Store(OperatorSite.Arena, 100, 0));   // 5 + 2 + 1 + 1
        for (; left >= 8; left -= 8) body.Add(new Store(OperatorSite.Arena, 0, 0));
        return Block.Of(new If(new Condition(1, Comparison.Less, 2), Block.Of(body), null, 0.5));
    }

    private static int IlBytes(CompiledFirmware assembly)
    {
        using PEReader image = new([.. assembly.Image]);
        MetadataReader metadata = image.GetMetadataReader();
        return metadata.MethodDefinitions.Select(metadata.GetMethodDefinition).Where(method => method.RelativeVirtualAddress != 0)
            .Sum(method => image.GetMethodBody(method.RelativeVirtualAddress).GetILBytes()!.Length);
    }
}
