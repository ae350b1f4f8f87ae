using System.Collections.Immutable;
using SparseNas.Boards;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Codegen.Firmware;
using SparseNas.Codegen.Firmware.Application;
using SparseNas.Codegen.Tests.Emission;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Quantization.Execution;
using SparseNas.Testing.Networks;

namespace SparseNas.Codegen.Tests.Firmware;

/// <summary>
/// Five networks of different character on their whole way: generated, written as a project, validated, read back, compiled at C# 7.3 against the
/// device facade, run to the end in the simulator with images on the serial port.
/// </summary>
public sealed class FiveNetworksTests : IDisposable
{
    private const ulong Seed = 5;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("sparsenas-five-");

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>A sensor's three axes over time; an image of colours made grey and small; branches; separable layers; one too large for an assembly.</summary>
    private static QuantizedNetwork Network(string name) => name switch
    {
        "signal" => Draw(Architecture.Chain(
            name, new Shape(1, 64, 3), 4, new Conv2D(6, 1, 5, 2), new Relu(), new MaxPool(1, 2, 2), new Conv2D(8, 1, 3), new Relu(), new GlobalAveragePool(), new Dense(4))),
        "colour" => Draw(Architecture.Chain(
            name, new Shape(32, 32, 3), 10, new Greyscale(), new Downsample(2), new Conv2D(6, 3, 3, 2), new Relu(), new MaxPool(2, 2, 2), new Dense(10))),
        "branches" => Draw(ArchitectureJson.Read("""
            { "name": "branches", "input": [16, 16, 1], "classes": 5, "layers": [
              { "layer": "conv", "channels": 4, "kernel": 3, "stride": 2, "padding": "same" }, { "layer": "relu", "name": "stem" },
              { "layer": "depthwise", "kernel": 3, "padding": "same", "name": "branch" }, { "layer": "add", "inputs": ["stem", "branch"] },
              { "layer": "maxpool", "window": 2 }, { "layer": "dense", "features": 5 } ] }
            """)),
        "separable" => Draw(SixNetworks.All.Single(network => network.Name == "depthwise")),
        "large" => RandomQuantizedNetworks.Draw(
            SixNetworks.All.Single(network => network.Name == "netA"), new SeededRandom(2), new RandomQuantization { MultiplierBits = [15] }),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "unknown network"),
    };

    private static QuantizedNetwork Draw(Architecture architecture) => RandomQuantizedNetworks.Draw(architecture, new SeededRandom(Seed), RandomQuantization.AllWidths);

    [Theory]
    [InlineData("signal", "ESP32_C3", false)]
    [InlineData("colour", "ST_STM32F769I_DISCOVERY", false)]
    [InlineData("branches", "PICO_RP2040", false)]
    [InlineData("separable", "ESP32_S3_QUAD", false)]
    [InlineData("large", "ST_STM32F4_DISCOVERY", true)]
    public void From_the_generator_to_the_answer_on_the_serial_port(string name, string boardName, bool isSplit)
    {
        QuantizedNetwork network = Network(name);
        BoardProfile board = BoardCatalog.Default.Find(boardName);
        byte[][] images = RandomImages.Draw(network.Graph.Input, 4, new SeededRandom(Seed, 1));
        GeneratedModel generated = ModelGenerator.Generate(network, EmissionGoal.Auto, board.CostTable, EmissionBudget.Unlimited, TestHeader.Plain);
        ImmutableArray<GoldenVector> golden = GoldenVectorChooser.Choose(network, [.. images.Select(image => image.ToImmutableArray())], 3, Seed);
        FirmwareProject project = ModelApplication.Project(
            FirmwareModel.From(name, network, generated, golden, []), BoardDeployment.Of(board), FirmwareSdk.Stable, LiveInput.Serial);

        Assert.Equal(isSplit, project.Assemblies.Length > 1);
        ProjectConventions.AssertStable(project);
        string target = Path.Combine(folder.FullName, name);
        FirmwareProjectWriter.Write(project, target);
        IReadOnlyList<CompiledFirmware> compiled = FirmwareBuild.Compile(FirmwareProjectReader.Read(target));
        SimulatedRun run = SimulatedRun.Of(compiled, board, [.. images.SelectMany(image => image)]);

        Assert.Equal(golden.Select(GoldenLine), run.Console.Split('\n').Where(line => line.Contains("GOLDEN", StringComparison.Ordinal)));
        Assert.True(run.SelfTest.IsComplete);
        Assert.Equal(
            images.Select(image => NaiveIntegerExecutor.Run(network, image).Class).Select(answer => $"CLASS {answer:0000} {answer}"), SerialApplicationTests.Answers(run.Serial));
    }

    /// <summary>The line for a vector, from the reference executor's logits alone.</summary>
    private static string GoldenLine(GoldenVector vector, int index) =>
        $"SPARSENAS GOLDEN index={index} result=ok class={vector.Class} expected={vector.Class} sum={vector.Logits.Reverse().Aggregate(0, (sum, logit) => unchecked((sum * 31) + logit))} .";
}
