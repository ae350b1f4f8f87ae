using System.Collections.Immutable;
using SparseNas.Boards;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Codegen.Firmware;
using SparseNas.Codegen.Firmware.Application;
using SparseNas.Quantization;
using SparseNas.Quantization.Execution;
using SparseNas.Quantization.Storage;
using SparseNas.Training.Data;
using SparseNas.Training.Data.Glyphs;

namespace SparseNas.Codegen.Tests.Firmware;

/// <summary>
/// <c>firmware/examples/glyphs</c> is what the generator writes for <c>glyphs.network.json</c>, byte for byte. When the generator changes on
/// purpose, run this test with SPARSENAS_UPDATE_EXAMPLES=1 and read the difference before committing it.
/// </summary>
public class ExampleProjectTests
{
    private const string UpdateVariable = "SPARSENAS_UPDATE_EXAMPLES";
    private const int ImagesToChooseFrom = 300;

    private static readonly string Examples = Path.Combine(SharedFiles.RepositoryRoot, "firmware", "examples");

    private static readonly QuantizedNetwork Network = QuantizedNetworkFile.Load(Path.Combine(Examples, "glyphs.network.json"));

    private static readonly Lazy<Dataset> Glyphs = new(() => GlyphsDataset.Create());

    internal static FirmwareProject Example()
    {
        BoardProfile board = BoardCatalog.Default.Find("ESP32_C3");
        var header = new ModelHeader("0.1.0", "glyphs", null, "0.981 (test)", Glyphs.Value.ClassNames);
        GeneratedModel model = ModelGenerator.Generate(Network, EmissionGoal.Auto, board.CostTable, EmissionBudget.Unlimited, header);
        ImmutableArray<byte>[] images = [.. Enumerable.Range(0, ImagesToChooseFrom).Select(i => Glyphs.Value.Train.Image(i).ToImmutableArray())];
        ImmutableArray<GoldenVector> golden = GoldenVectorChooser.Choose(Network, images, 8, seed: 1);
        FirmwareModel firmware = FirmwareModel.From(
            "glyphs", Network, model, golden, ["Handwritten-looking digits drawn by strokes; 98.1 % of the test images are answered right, on the integers."]);
        return ModelApplication.Project(firmware, BoardDeployment.Of(board), FirmwareSdk.Stable, LiveInput.Serial);
    }

    [Fact]
    public void The_checked_in_example_is_what_the_generator_writes()
    {
        string folder = Path.Combine(Examples, "glyphs");
        FirmwareProject example = Example();
        ImmutableArray<ProjectFile> files = example.Files();
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1") FirmwareProjectWriter.Write(example, folder);

        string advice = $"Run this test with {UpdateVariable}=1 and read the difference.";
        foreach (ProjectFile file in files)
        {
            string path = Path.Combine(folder, file.Path);
            Assert.True(File.Exists(path), $"{file.Path} is missing. {advice}");
            Assert.True(File.ReadAllText(path) == file.Text, $"{file.Path} differs. {advice}");
        }

        string[] expected = [.. files.Select(file => file.Path).Append(FirmwareProjectWriter.ManifestName).Order(StringComparer.Ordinal)];
        Assert.Equal(expected, Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_example_passes_its_self_test_answers_images_on_its_serial_port_and_is_as_accurate_as_it_says()
    {
        byte[][] images = [.. Enumerable.Range(0, 3).Select(index => Glyphs.Value.Test.Value.Image(index).ToArray())];

        SimulatedRun run = SimulatedRun.Of(
            FirmwareBuild.Compile(FirmwareProjectReader.Read(Path.Combine(Examples, "glyphs"))), SimulatedRun.Board, images.SelectMany(image => image).ToArray());

        Assert.Contains("SPARSENAS DONE passed=8 failed=0 .\n", run.Console);
        Assert.Equal(images.Select(image => IntegerExecutor.For(Network).Class(image)).Select(answer => $"CLASS {answer:0000} {answer}"), SerialApplicationTests.Answers(run.Serial));
        Assert.Equal(0.019, IntegerExecutor.Error(Network, Glyphs.Value.Test.Value), 3);
    }
}
