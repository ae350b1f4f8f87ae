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
    public void What_is_passed_on_inside_a_stage_has_room_for_one_channel()
    {
        using var arena = new NativeArena();
        var plan = new NetworkPlan(ReferenceNets.C, EngineInstructions.Current, arena, new PlanOptions(64, Training: true));
        TensorSlot[] passing = [.. plan.Stages.SelectMany(stage => stage.Passing)];
        Assert.Equal(4, passing.Length);
        Assert.All(passing, tensor => Assert.Equal(tensor.BlockElements / tensor.Shape.Channels, tensor.ValueElements));
    }

    private static IEnumerable<string> StagesOf(Architecture architecture)
    {
        using var arena = new NativeArena();
        var plan = new NetworkPlan(architecture, EngineInstructions.Current, arena, new PlanOptions(16, Training: true));
        return [.. plan.Stages.Select(stage => string.Join(' ', stage.Steps.Select(step => step.GetType().Name.Replace(nameof(Step), "", StringComparison.Ordinal))))];
    }
}
