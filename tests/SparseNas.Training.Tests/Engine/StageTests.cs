using SparseNas.Networks;
using SparseNas.Training.Engine;
using SparseNas.Training.Engine.Steps;

namespace SparseNas.Training.Tests.Engine;

/// <summary>Which steps run channel by channel together. That they give the right gradients is for <see cref="GradientTests"/>.</summary>
public class StageTests
{
    [Fact]
    public void Batch_norm_runs_with_the_depthwise_layer_or_pooling_behind_it() => Assert.Equal(
        ["Convolution", "BatchNorm Depthwise", "Convolution", "BatchNorm Depthwise", "Convolution", "BatchNorm Depthwise", "Convolution", "BatchNorm AveragePool", "Dense"],
        StagesOf(ReferenceNets.C));

    [Fact]
    public void A_tensor_with_two_readers_is_no_link_of_a_chain() => Assert.Equal(
        ["Convolution", "BatchNorm", "Depthwise", "Add", "AveragePool", "Dense"],
        StagesOf(new Architecture("branch", new Shape(6, 6, 1), 10,
        [
            new Node("conv", new Conv2D(4, 3, 3, HasBias: false), [Architecture.InputIndex]),
            new Node("norm", new BatchNorm(), [0]),
            new Node("depthwise", new DepthwiseConv2D(3, 3, 1, Padding.Same), [1]),
            new Node("add", new Add(), [1, 2]),
            new Node("gap", new GlobalAveragePool(), [3]),
            new Node("dense", new Dense(10), [4]),
        ])));

    [Fact]
    public void What_is_passed_on_inside_a_stage_has_room_for_the_channels_that_run_together()
    {
        using var arena = new NativeArena();
        NetworkPlan plan = PlanOf(ReferenceNets.C, arena, images: 64);
        Assert.Equal([1, 1, 4, 4], plan.Stages.Where(stage => stage.Passing.Any()).Select(stage => stage.ChannelsAtOnce));
        foreach (Stage stage in plan.Stages)
        {
            Assert.All(stage.Passing, tensor => Assert.Equal(tensor.BlockElements / tensor.Shape.Channels * stage.ChannelsAtOnce, tensor.ValueElements));
        }
    }

    [Fact]
    public void Of_a_depthwise_layer_of_stride_2_the_smaller_gradient_crosses_the_barrier()
    {
        using var arena = new NativeArena();
        NetworkPlan plan = PlanOf(ReferenceNets.C, arena, images: 64);
        BatchNormStep[] norms = [.. plan.Steps.OfType<BatchNormStep>()];
        Assert.Equal([false, true, false, false], norms.Select(norm => norm.Output.GradientIsRegained));
        Assert.Equal([true, false, true, true], norms.Select(norm => norm.Output.KeepsGradient));
        Assert.Equal([false, true, false], norms[..3].Select(norm => norm.SummingReader!.Output.KeepsGradient));
    }

    [Fact]
    public void A_weight_gradient_waits_for_the_stage_that_gives_its_input_again()
    {
        using var arena = new NativeArena();
        NetworkPlan plan = PlanOf(ReferenceNets.C, arena, images: 16);
        Assert.All(plan.Recompute, Assert.Empty);
        Assert.Equal(
            ["Convolution Input", "Depthwise Whole", "Convolution Weights"],
            plan.Backward[1].Select(task => $"{NameOf(task.Stage.Steps[^1])} {task.Part}"));
    }

    [Fact]
    public void A_stage_that_a_layer_with_its_own_memory_reads_is_repeated_before_the_backward_pass()
    {
        using var arena = new NativeArena();
        NetworkPlan plan = PlanOf(
            new Architecture("relu between", new Shape(8, 8, 1), 10,
            [
                new Node("conv", new Conv2D(4, 3, 3, HasBias: false), [Architecture.InputIndex]),
                new Node("norm", new BatchNorm(), [0]),
                new Node("second", new Conv2D(4, 3, 3), [1]),
                new Node("relu", new Relu(), [2]),
                new Node("third", new Conv2D(4, 3, 3, HasBias: false), [3]),
                new Node("norm2", new BatchNorm(), [4]),
                new Node("dense", new Dense(10), [5]),
            ]),
            arena,
            images: 16);
        Assert.Equal(["BatchNorm", "Convolution"], plan.Recompute[1].Select(stage => NameOf(stage.Steps[^1])));
        Assert.All(plan.Backward[1], task => Assert.Equal(BackwardPart.Whole, task.Part));
    }

    [Fact]
    public void Two_batch_norms_in_a_row_and_channels_that_do_not_divide_agree_with_the_twin()
    {
        var architecture = new Architecture("norms", new Shape(9, 9, 1), 3,
        [
            new Node("conv", new Conv2D(11, 3, 3, HasBias: false), [Architecture.InputIndex]),
            new Node("norm", new BatchNorm(), [0]),
            new Node("norm2", new BatchNorm(), [1]),
            new Node("depthwise", new DepthwiseConv2D(3, 3, 1, Padding.Same), [2]),
            new Node("point", new Conv2D(5, 1, 1, HasBias: false), [3]),
            new Node("norm3", new BatchNorm(), [4]),
            new Node("relu", new Relu(), [5]),
            new Node("gap", new GlobalAveragePool(), [6]),
            new Node("dense", new Dense(3), [7]),
        ]);
        TwinComparison.Check(architecture, EngineInstructions.Current, images: 40, seed: 3, GradientTolerance.Rounding);
    }

    private static NetworkPlan PlanOf(Architecture architecture, NativeArena arena, int images) =>
        new(architecture, EngineInstructions.Current, arena, new PlanOptions(images, Training: true));

    private static IEnumerable<string> StagesOf(Architecture architecture)
    {
        using var arena = new NativeArena();
        return [.. PlanOf(architecture, arena, images: 16).Stages.Select(stage => string.Join(' ', stage.Steps.Select(NameOf)))];
    }

    private static string NameOf(Step step) => step.GetType().Name.Replace(nameof(Step), "", StringComparison.Ordinal);
}
