using SparseNas.Boards;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Codegen.Emission.Kernels;
using SparseNas.Codegen.Emission.Code;
using SparseNas.Codegen.Limits;
using SparseNas.Codegen.Tests.Emission;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Testing.Networks;

namespace SparseNas.Codegen.Tests.Limits;

/// <summary>For every limit a network that would break it: the generator splits, switches strategy, or refuses with law and values.</summary>
public class NetworksOverLimitsTests
{
    private static readonly CostTable Costs = TestHeader.CortexM4F;

    [Fact]
    public void Initialisers_of_one_layer_over_the_limit_are_refused_as_tables_and_become_code()
    {
        QuantizedNetwork network = Draw("wide", new Shape(1, 300, 1), new Dense(204), new Relu(), new Dense(3));   // 61,200 weights
        AssemblyLimitException refused = Assert.Throws<AssemblyLimitException>(() => Generate(network, EmissionGoal.Plain));
        Assert.Contains("array initialisers of an assembly <= 60000 bytes together, but got 62", refused.Message, StringComparison.Ordinal);
        GeneratedModel model = Generate(network, EmissionGoal.Auto);
        Assert.Equal(0, model.Steps[0].InitialiserBytes);
        Exact(network, model);
    }

    [Fact]
    public void Initialisers_of_several_layers_over_the_limit_are_split_among_assemblies()
    {
        QuantizedNetwork network = Draw("two", new Shape(1, 200, 1), new Dense(180), new Relu(), new Dense(190), new Relu(), new Dense(3));   // 36,000 + 34,200
        GeneratedModel model = Generate(network, EmissionGoal.Plain);
        Assert.NotEmpty(model.Libraries);
        Assert.True(model.Cost.InitialiserBytes > AssemblyLimits.InitialiserBytes.Most);
        Exact(network, model);
    }

    [Fact]
    public void Windows_with_more_values_than_locals_come_in_chunks()
    {
        QuantizedNetwork network = Draw("taps", new Shape(8, 8, 6), new Conv2D(4, 7, 7), new Relu(), new Dense(3));   // 294 taps
        MemoryPlan plan = MemoryPlanner.Plan(network.Graph);
        EmissionScope scope = new(network, plan);
        OperatorCode whole = WindowKernel.Of(scope, scope.Sites[0], null, new KernelShape(DeviceType.Int, 1, SumForm.Products, Reuse.None, 0, false))!;
        Assert.Contains(AssemblyLimits.Check(whole), found => found.Limit == AssemblyLimits.Locals && found.Used > 250);
        GeneratedModel model = Generate(network, EmissionGoal.Fast);
        Assert.All(model.Steps, step => Assert.InRange(step.Count.Locals, 0, 250));
        Exact(network, model);
    }

    [Fact]
    public void A_loop_too_long_for_its_branch_is_not_written()
    {
        QuantizedNetwork network = Draw("branch", new Shape(5, 5, 24), new Conv2D(48, 3, 3), new Relu(), new GlobalAveragePool(), new Dense(3));   // 10,368 weights in one loop body
        MemoryPlan plan = MemoryPlanner.Plan(network.Graph);
        EmissionScope scope = new(network, plan);
        OperatorCode unrolled = WindowKernel.Of(scope, scope.Sites[0], null, new KernelShape(DeviceType.Long, 16, SumForm.Products, Reuse.None, 16, false))!;
        Assert.Contains(AssemblyLimits.Check(unrolled), found => found.Limit == AssemblyLimits.BranchBytes && found.Used > 32_000);
        GeneratedModel model = Generate(network, EmissionGoal.Fast);
        Assert.All(model.Steps, step => Assert.InRange(step.Count.LongestBranchBytes, 0, AssemblyLimits.BranchBytes.Most));
        Exact(network, model);
    }

    [Fact]
    public void Static_fields_over_the_limit_are_refused_as_tables_and_avoided_as_code()
    {
        QuantizedNetwork network = Draw("fields", new Shape(2, 2, 2), [.. Enumerable.Range(0, 90).SelectMany(_ => new LayerSpec[] { new Conv2D(2, 1, 1), new Relu() }), new Dense(3)]);
        AssemblyLimitException refused = Assert.Throws<AssemblyLimitException>(() => Generate(network, EmissionGoal.Plain));
        Assert.Contains(refused.Breaks, found => found.Limit == AssemblyLimits.StaticFields && found.Used > 255);
        GeneratedModel model = Generate(network, EmissionGoal.Auto);
        Exact(network, model);
    }

    [Fact]
    public void More_steps_than_methods_are_refused_with_the_law()
    {
        QuantizedNetwork network = Draw("methods", new Shape(2, 2, 1), [.. Enumerable.Range(0, 250).Select(_ => new MaxPool(1, 1, 1)), new Dense(3)]);
        AssemblyLimitException refused = Assert.Throws<AssemblyLimitException>(() => Generate(network, EmissionGoal.Auto));
        LimitBreak found = Assert.Single(refused.Breaks, found => found.Limit == AssemblyLimits.StaticMethods);
        Assert.True(found.Used > 255);
        Assert.Contains(found.Limit.Law, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_arena_beyond_the_largest_array_is_refused_with_the_law_or_comes_by_rows()
    {
        QuantizedNetwork network = Draw("image", new Shape(900, 900, 1), new AvgPool(7, 7, 7), new GlobalAveragePool(), new Dense(3));
        MemoryPlan whole = MemoryPlanner.Plan(network.Graph, new PlanOptions { AllowsRows = false });
        AssemblyLimitException refused = Assert.Throws<AssemblyLimitException>(
            () => Emitter.Emit(network, whole, Emitter.Plain(network, whole), TestHeader.Plain, Costs));
        Assert.Contains(refused.Breaks, found => found.Limit == AssemblyLimits.ArrayBytes && found.Used >= 810_000);
        Assert.InRange(Generate(network, EmissionGoal.Plain).Plan.ArenaBytes, 1, AssemblyLimits.ArrayBytes.Most);   // by rows it fits
    }

    /// <summary>No network reaches the stack's limit: sums grow to the left, so their depth does not depend on their length.</summary>
    [Fact]
    public void The_evaluation_stack_stays_shallow_whatever_the_network()
    {
        for (ulong seed = 0; seed < 30; seed++)
        {
            QuantizedNetwork network = RandomQuantizedNetworks.Draw(new SeededRandom(seed, 0x57AC), RandomQuantization.AllWidths);
            foreach (EmissionGoal goal in Enum.GetValues<EmissionGoal>())
            {
                Assert.All(CodeChoice.Make(network, goal, Costs, EmissionBudget.Unlimited).Steps, step => Assert.InRange(step.Count.MaxStack, 1, 12));
            }
        }
    }

    private static QuantizedNetwork Draw(string name, Shape input, params LayerSpec[] layers) =>
        RandomQuantizedNetworks.Draw(Architecture.Chain(name, input, 3, layers), new SeededRandom(5));

    private static GeneratedModel Generate(QuantizedNetwork network, EmissionGoal goal) =>
        ModelGenerator.Generate(network, goal, Costs, EmissionBudget.Unlimited, TestHeader.Plain);

    private static void Exact(QuantizedNetwork network, GeneratedModel model) =>
        BitExactness.Check(network, model, RandomImages.Draw(network.Graph.Input, 5, new SeededRandom(6)));
}
