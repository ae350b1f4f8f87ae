using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Training.Data;
using SparseNas.Training.Engine.Kernels;
using SparseNas.Training.Engine.Steps;

namespace SparseNas.Training.Engine;

/// <summary>The forward half of the engine on a folded network, sixteen images at a time.</summary>
internal sealed unsafe class InferenceEngine : IDisposable
{
    private readonly NativeArena arena = new();
    private readonly NetworkPlan plan;
    private readonly OperatorGraph graph;
    private readonly TensorSlot[] outputs;

    /// <summary>Plans a network; with <paramref name="everyOutput"/> also what nothing reads is computed, for those who look at operators.</summary>
    public InferenceEngine(FoldedNetwork folded, InstructionSet set, bool everyOutput = false)
    {
        graph = folded.Graph;
        Network network = UnfoldedOperators.AsNetwork(folded);
        var options = new PlanOptions(LaneBlock.Images, Training: false) { EveryOutput = everyOutput, SharesMemory = !everyOutput };
        plan = new NetworkPlan(network.Architecture, set, arena, options);
        plan.Parameters.Import(network);
        outputs = [.. plan.Steps.Select(step => step.Output)];
        foreach (Step step in plan.Steps) step.BeginBatch();
    }

    /// <summary>Runs all samples, calling <paramref name="block"/> with the first sample and the count of each block.</summary>
    public void Run(Samples samples, InputEncoding encoding, Action<int, int> block)
    {
        if (samples.Shape != graph.Input)
        {
            throw new ArgumentException($"Network '{graph.Architecture.Name}' takes {graph.Input}, but the samples are {samples.Shape}.");
        }

        var encoder = new ImageEncoder(samples.Shape, encoding, plan.Kernels);
        for (int first = 0; first < samples.Count; first += LaneBlock.Images)
        {
            int count = Math.Min(LaneBlock.Images, samples.Count - first);
            EncodeBlock(samples, encoder, first, count);
            foreach (Stage stage in plan.Stages) stage.Forward(0);
            block(first, count);
        }
    }

    private void EncodeBlock(Samples samples, ImageEncoder encoder, int first, int count)
    {
        byte** images = stackalloc byte*[LaneBlock.Images];
        fixed (byte* pixels = samples.Pixels)
        {
            for (int lane = 0; lane < count; lane++) images[lane] = pixels + ((nint)(first + lane) * samples.Shape.Elements);
            encoder.Encode(images, count, plan.Input.Value(0));
        }
    }

    /// <summary>Copies the logits of the present block.</summary>
    public void ReadOutput(int first, int count, float[] logits)
    {
        int classes = plan.Output.Shape.Channels;
        float* values = plan.Output.Value(0);
        for (int lane = 0; lane < count; lane++)
        {
            for (int c = 0; c < classes; c++) logits[((first + lane) * classes) + c] = values[(c * LaneBlock.Images) + lane];
        }
    }

    /// <summary>Shows the input and every operator's output of the present block.</summary>
    public void Visit(int count, Action<int, ReadOnlySpan<float>> visit)
    {
        for (int index = -1; index < outputs.Length; index++)
        {
            TensorSlot tensor = index < 0 ? plan.Input : outputs[index];
            var values = new float[tensor.Shape.Elements];
            for (int lane = 0; lane < count; lane++)
            {
                CopyImage(tensor, lane, values);
                visit(index, values);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => arena.Dispose();

    private static void CopyImage(TensorSlot tensor, int lane, float[] values)
    {
        float* source = tensor.Value(0) + lane;
        int plane = tensor.Shape.Height * tensor.Shape.Width, channels = tensor.Shape.Channels;
        for (int channel = 0; channel < channels; channel++)
        {
            for (int pixel = 0; pixel < plane; pixel++, source += LaneBlock.Images) values[(pixel * channels) + channel] = *source;
        }
    }
}
