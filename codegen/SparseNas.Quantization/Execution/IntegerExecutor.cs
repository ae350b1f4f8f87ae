using SparseNas.Networks;
using SparseNas.Quantization.Execution.Lanes;
using SparseNas.Training.Data;

namespace SparseNas.Quantization.Execution;

/// <summary>
/// The reference integer executor: scores are measured with it, generated code is checked against it. Sixteen images run side by side in
/// vector lanes; every output equals <see cref="NaiveIntegerExecutor"/> bit for bit. An instance keeps its own buffers: use one per thread.
/// </summary>
/// <example><code>
/// IntegerExecutor executor = IntegerExecutor.For(network);
/// int answer = executor.Class(image);
/// double error = IntegerExecutor.Error(network, validation);
/// </code></example>
public sealed class IntegerExecutor
{
    /// <summary>Images that run side by side.</summary>
    public const int BlockImages = LaneTensor.Images;

    private readonly LaneProgram program;
    private readonly Shape input;
    private readonly int classes;

    private IntegerExecutor(QuantizedNetwork network, IntegerInstructions instructions)
    {
        program = new LaneProgram(network, instructions);
        input = network.Graph.Input;
        classes = network.Classes;
    }

    /// <summary>An executor for <paramref name="network"/> with the fastest instructions of this machine.</summary>
    /// <exception cref="QuantizedNetworkException">The network breaks a law.</exception>
    public static IntegerExecutor For(QuantizedNetwork network) => For(network, SupportedInstructions.Best);

    /// <summary>An executor with instructions of one's choice, to compare them.</summary>
    /// <param name="network">Integer network.</param>
    /// <param name="instructions">One of <see cref="SupportedInstructions.All"/>.</param>
    /// <exception cref="QuantizedNetworkException">The network breaks a law.</exception>
    /// <exception cref="PlatformNotSupportedException">This machine lacks the instructions.</exception>
    public static IntegerExecutor For(QuantizedNetwork network, IntegerInstructions instructions)
    {
        if (!SupportedInstructions.All.Contains(instructions))
        {
            string all = string.Join(", ", SupportedInstructions.All);
            throw new PlatformNotSupportedException($"This machine has no {instructions}; it has {all}.");
        }

        QuantizedNetworkLaws.Check(network, network.Graph.Architecture.Name);
        return new IntegerExecutor(network, instructions);
    }

    /// <summary>The accumulators of the last operator, one per class.</summary>
    /// <param name="image">Input bytes, NHWC.</param>
    /// <exception cref="ArgumentException">The image has another length than the network's input.</exception>
    public int[] Logits(ReadOnlySpan<byte> image)
    {
        RunBlock(image);
        return program.Logits(0);
    }

    /// <summary>Index of the largest logit, the first of equals.</summary>
    /// <param name="image">Input bytes, NHWC.</param>
    /// <exception cref="ArgumentException">The image has another length than the network's input.</exception>
    public int Class(ReadOnlySpan<byte> image) => ArgMax.Of(Logits(image));

    /// <summary>Every operator's output.</summary>
    /// <param name="image">Input bytes, NHWC.</param>
    /// <exception cref="ArgumentException">The image has another length than the network's input.</exception>
    public OperatorOutputs Outputs(ReadOnlySpan<byte> image) => OutputsOfBlock(image)[0];

    /// <summary>Every operator's output for up to <see cref="BlockImages"/> images in one pass.</summary>
    /// <param name="images">Whole images one after the other, NHWC.</param>
    /// <exception cref="ArgumentException">There are not 1 to <see cref="BlockImages"/> whole images.</exception>
    public OperatorOutputs[] OutputsOfBlock(ReadOnlySpan<byte> images)
    {
        int count = RunBlock(images);
        return [.. Enumerable.Range(0, count).Select(program.Outputs)];
    }

    /// <summary>The class of every sample.</summary>
    /// <param name="samples">Images of the network's input shape.</param>
    /// <exception cref="ArgumentException">The samples have another shape than the network's input.</exception>
    public int[] Classify(Samples samples)
    {
        if (samples.Shape != input)
        {
            throw new ArgumentException($"The network reads {input}, but the samples are {samples.Shape}.", nameof(samples));
        }

        var answers = new int[samples.Count];
        Span<int> logits = classes <= 256 ? stackalloc int[classes] : new int[classes];
        for (int first = 0; first < samples.Count; first += BlockImages)
        {
            int count = Math.Min(BlockImages, samples.Count - first);
            RunBlock(samples.Pixels.Slice(first * input.Elements, count * input.Elements));
            for (int lane = 0; lane < count; lane++)
            {
                program.CopyLogits(lane, logits);
                answers[first + lane] = ArgMax.Of(logits);
            }
        }

        return answers;
    }

    /// <summary>Share of samples that <paramref name="network"/> answers wrongly, 0 to 1; measured on the integers.</summary>
    /// <param name="network">Integer network.</param>
    /// <param name="samples">At least one image of its input shape.</param>
    /// <exception cref="ArgumentException">There is no sample, or of another shape.</exception>
    /// <exception cref="QuantizedNetworkException">The network breaks a law.</exception>
    public static double Error(QuantizedNetwork network, Samples samples)
    {
        if (samples.Count == 0) throw new ArgumentException("An error needs at least one sample.", nameof(samples));
        int[] answers = For(network).Classify(samples);
        return Enumerable.Range(0, answers.Length).Count(index => answers[index] != samples.Label(index)) / (double)answers.Length;
    }

    private int RunBlock(ReadOnlySpan<byte> images)
    {
        int count = images.Length / input.Elements;
        if (images.Length % input.Elements != 0 || count is < 1 or > BlockImages)
        {
            throw new ArgumentException(
                $"An image of {input} has {input.Elements} bytes and 1 to {BlockImages} images run at once, but {images.Length} bytes were given.", nameof(images));
        }

        for (int lane = 0; lane < count; lane++) program.Write(lane, images.Slice(lane * input.Elements, input.Elements));
        program.Run();
        return count;
    }
}
