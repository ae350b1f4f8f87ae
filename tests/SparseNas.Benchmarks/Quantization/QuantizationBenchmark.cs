using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Quantization.Execution;
using SparseNas.Quantization.Execution.Lanes;
using SparseNas.Testing;
using SparseNas.Testing.Networks;
using SparseNas.Training.Data;

namespace SparseNas.Benchmarks.Quantization;

/// <summary>
/// Images per second of processor time of the reference integer executor on one core, for every instruction set of the machine and for its
/// naive twin. Processor time leaves out what other processes take; rounds of all rows are interleaved, so that a busy memory or a shared
/// core slows all of them alike. Option: <c>--rounds N</c>.
/// </summary>
internal static class QuantizationBenchmark
{
    private const int Images = 4096;
    private const int NaiveImages = 16;
    private const int WarmUps = 3;

    public static void Run(string[] args)
    {
        int rounds = args.SkipWhile(arg => arg != "--rounds").Skip(1).Select(int.Parse).FirstOrDefault(7);
        Console.WriteLine($"8-bit weights and activations, {Images} images, one core; images per processor second: min / median / max of {rounds} rounds");
        foreach ((string name, Architecture architecture) in ReferenceNets.All)
        {
            (QuantizedNetwork network, Samples samples) = Prepare(architecture);
            List<(string Name, int Images, Action Run)> rows = [("naive", NaiveImages, () => Naively(network, samples))];
            foreach (IntegerInstructions instructions in SupportedInstructions.All)
            {
                IntegerExecutor executor = IntegerExecutor.For(network, instructions);
                rows.Add(($"{instructions}", Images, () => executor.Classify(samples)));
            }

            foreach ((string row, double[] speeds) in rows.Select(row => row.Name).Zip(Measure(rows, rounds)))
            {
                Console.WriteLine($"{name,-3} {row,-10} {speeds[0],12:N0} / {speeds[speeds.Length / 2],9:N0} / {speeds[^1],9:N0}");
            }
        }
    }

    private static (QuantizedNetwork Network, Samples Samples) Prepare(Architecture architecture)
    {
        var random = new SeededRandom(1);
        byte[] pixels = [.. RandomImages.Draw(architecture.Input, Images, random).SelectMany(image => image)];
        var samples = new Samples(architecture.Input, architecture.Classes, pixels, new byte[Images]);
        Network network = RandomNetworks.Draw(architecture, random);
        return (Quantizer.Quantize(network, samples.Take(64), InputEncoding.UnitRange, new QuantizationOptions()), samples);
    }

    private static void Naively(QuantizedNetwork network, Samples samples)
    {
        for (int index = 0; index < NaiveImages; index++) NaiveIntegerExecutor.Run(network, samples.Image(index));
    }

    /// <summary>Sorted images per second of every row.</summary>
    private static double[][] Measure(List<(string Name, int Images, Action Run)> rows, int rounds)
    {
        foreach ((_, _, Action run) in rows)
        {
            for (int round = 0; round < WarmUps; round++) run();
        }

        double[][] speeds = [.. rows.Select(_ => new double[rounds])];
        for (int round = 0; round < rounds; round++)
        {
            for (int row = 0; row < rows.Count; row++)
            {
                TimeSpan start = Environment.CpuUsage.TotalTime;
                rows[row].Run();
                speeds[row][round] = rows[row].Images / (Environment.CpuUsage.TotalTime - start).TotalSeconds;
            }
        }

        foreach (double[] row in speeds) Array.Sort(row);
        return speeds;
    }
}
