using SparseNas.Codegen.Emission;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Quantization.Execution;
using SparseNas.Testing.Networks;

namespace SparseNas.Codegen.Tests.Emission;

/// <summary>
/// Compares a generated model with the definition of the integer operators, byte for byte: after every step on whole tensors, and after what the rows
/// of the image leave.
/// </summary>
internal static class BitExactness
{
    /// <summary>How many bytes were compared and how many of them say something: neither zero nor the largest code.</summary>
    public readonly record struct Compared(long Values, long Telling)
    {
        public static Compared operator +(Compared a, Compared b) => new(a.Values + b.Values, a.Telling + b.Telling);
    }

    public static Compared Check(QuantizedNetwork network, GeneratedModel model, IEnumerable<byte[]> images)
    {
        using NativeModel native = NativeModel.Load(model);
        Compared total = default;
        foreach (byte[] image in images)
        {
            OperatorOutputs expected = NaiveIntegerExecutor.Run(network, image);
            native.Push(image);
            native.FinishRows();
            int rows = model.Plan.Rows.Length;
            for (int step = Math.Max(rows - 1, 0); step < model.Steps.Length; step++)
            {
                if (step >= rows) native.Step(step);
                int op = model.Steps[step].Operators[^1];
                byte[] written = PackedBytes.Of(network.Graph, model.Plan, op, native.Arena);
                byte[] wanted = op == network.Operators.Length - 1
                    ? [.. expected.Logits.SelectMany(BitConverter.GetBytes)] : expected.Activations[op];
                int difference = written.AsSpan().CommonPrefixLength(wanted);
                Assert.True(difference == wanted.Length,
                    $"{network.Graph.Architecture}: step {step} ({model.Steps[step].Strategy}, {model.Steps[step].Method.Summary[0]}) differs at {difference} of {wanted.Length}: "
                    + $"{(difference < written.Length ? written[difference] : -1)} instead of {(difference < wanted.Length ? wanted[difference] : -1)}");
                if (op == network.Operators.Length - 1) continue;
                int maximum = network.Operators[op].Output.Maximum;
                total += new Compared(wanted.Length, wanted.Count(code => code != 0 && code != maximum));
            }

            Assert.Equal(expected.Logits, Enumerable.Range(0, network.Classes).Select(native.Logit));
            Assert.Equal(expected.Class, native.Class());
        }

        return total;
    }
}
