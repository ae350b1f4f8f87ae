using System.Collections.Immutable;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Firmware;
using SparseNas.Codegen.Firmware.Application;
using SparseNas.Codegen.Tests.Emission;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Quantization.Execution;
using SparseNas.Testing.Networks;

namespace SparseNas.Codegen.Tests.Firmware;

/// <summary>Generated models inside the application.</summary>
public class GeneratedApplicationTests
{
    internal const int Vectors = 4;

    internal static QuantizedNetwork Draw(ulong seed) => RandomQuantizedNetworks.Draw(new SeededRandom(seed), RandomQuantization.AllWidths);

    internal static ImmutableArray<GoldenVector> Golden(QuantizedNetwork network, ulong seed, int count = Vectors)
    {
        byte[][] images = RandomImages.Draw(network.Graph.Input, 12, new SeededRandom(seed, 1));
        return GoldenVectorChooser.Choose(network, [.. images.Select(image => image.ToImmutableArray())], count, seed);
    }

    /// <summary>The application around <paramref name="network"/>, checked against golden vectors that may come from another network.</summary>
    internal static FirmwareProject Project(QuantizedNetwork network, ImmutableArray<GoldenVector> golden, ModelHeader? header = null, LiveInput live = LiveInput.Own)
    {
        MemoryPlan plan = MemoryPlanner.Plan(network.Graph);
        GeneratedModel model = Emitter.Emit(network, plan, Emitter.Plain(network, plan), header ?? TestHeader.Plain, TestHeader.CortexM4F);
        FirmwareModel firmware = FirmwareModel.From("random", network, model, golden, []);
        return ModelApplication.Project(firmware, TinyModel.Board, FirmwareSdk.Stable, live);
    }

    private static DeviceRun RunNatively(FirmwareProject project) =>
        DeviceLog.Parse(string.Join('\n', DesktopRun.Lines(project.Assemblies))).Best!;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Golden_vectors_of_random_networks_pass(ulong seed)
    {
        QuantizedNetwork network = Draw(seed);
        FirmwareProject project = Project(network, Golden(network, seed));

        DeviceRun run = RunNatively(project);

        Assert.True(run.IsComplete);
        Assert.Equal(run.Vectors, run.Passed);
        Assert.NotEmpty(project.Files());
    }

    [Fact]
    public void Eight_vectors_find_19_of_20_single_weights_that_any_of_60_other_images_would()
    {
        var random = new SeededRandom(99);
        int found = 0;
        int missed = 0;
        for (int trial = 0; found + missed < 70 && trial < 300; trial++)
        {
            ulong seed = (ulong)(trial % 20) + 1;
            QuantizedNetwork network = Draw(seed);
            QuantizedNetwork damaged = Corruption.OfOneWeight(network, random);
            bool Shows(byte[] image) =>
                !NaiveIntegerExecutor.Run(damaged, image).Logits.SequenceEqual(NaiveIntegerExecutor.Run(network, image).Logits);

            if (Golden(network, seed, 8).Any(vector => Shows([.. vector.Input]))) found++;
            else if (RandomImages.Draw(network.Graph.Input, 60, new SeededRandom(seed, 5)).Any(Shows)) missed++;
        }

        Assert.True(found + missed == 70 && found >= 19 * missed, $"{found} found, {missed} missed");
    }

    [Fact]
    public void A_corrupted_weight_fails_on_the_device_with_the_logit_it_changed()
    {
        QuantizedNetwork network = Draw(1);
        QuantizedNetwork damaged = Corruption.OfOneWeight(network, new SeededRandom(2));

        DeviceRun run = RunNatively(Project(damaged, Golden(network, 1)));

        Assert.True(run.IsComplete);
        Assert.Contains(run.Golden, result => !result.IsOk && result.Detail.Contains("reason=logits"));
    }

    [Fact]
    public void A_wrong_scale_fails_on_the_device()
    {
        QuantizedNetwork network = Draw(3);

        DeviceRun run = RunNatively(Project(Corruption.OfAScale(network), Golden(network, 3)));

        Assert.Equal(0, run.Passed);
    }

    [Fact]
    public void Golden_vectors_begin_with_noise_and_spread_over_the_answered_classes()
    {
        QuantizedNetwork network = Draw(4);
        byte[][] images = RandomImages.Draw(network.Graph.Input, 40, new SeededRandom(4, 1));

        ImmutableArray<GoldenVector> chosen = GoldenVectorChooser.Choose(network, [.. images.Select(i => i.ToImmutableArray())], 6, 4);

        int[] answers = [.. images.Select(image => NaiveIntegerExecutor.Run(network, image).Class).Distinct()];
        Assert.Equal(6, chosen.Length);
        Assert.DoesNotContain(images, image => image.AsSpan().SequenceEqual(chosen[0].Input.AsSpan()));
        Assert.All(chosen.Skip(1), vector => Assert.Contains(images, image => image.AsSpan().SequenceEqual(vector.Input.AsSpan())));
        Assert.Equal(Math.Min(5, answers.Length), chosen.Skip(1).Select(vector => vector.Class).Distinct().Count());
        Assert.All(chosen, vector => Assert.Equal(NaiveIntegerExecutor.Run(network, vector.Input.AsSpan()).Logits, vector.Logits));
    }
}
