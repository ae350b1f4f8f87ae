using System.Collections.Immutable;
using System.Xml.Linq;
using SparseNas.Boards;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Codegen.Firmware;
using SparseNas.Codegen.Firmware.Application;
using SparseNas.Codegen.Tests.Emission;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Testing.Networks;

namespace SparseNas.Codegen.Tests.Firmware;

/// <summary>Models whose weights the device reads from resources: the project's files, and boards that cannot do it.</summary>
public sealed class ResourceProjectTests : IDisposable
{
    private static readonly QuantizedNetwork Network = RandomQuantizedNetworks.Draw(
        Architecture.Chain("large", new Shape(1, 300, 1), 4, new Dense(50), new Relu(), new Dense(4)), new SeededRandom(3));

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("sparsenas-resources-");

    public void Dispose() => folder.Delete(recursive: true);

    private static FirmwareProject Project(BoardProfile board, EmissionBudget budget)
    {
        GeneratedModel generated = ModelGenerator.Generate(Network, EmissionGoal.Fast, board.CostTable, budget, TestHeader.Plain);
        FirmwareModel model = FirmwareModel.From("streamed", Network, generated, GoldenVectorChooser.Choose(Network, [], 1, 1), []);
        return ModelApplication.Project(model, BoardDeployment.Of(board), FirmwareSdk.Stable, LiveInput.Own);
    }

    /// <summary>Too little image for immediates and too little heap for tables, as a small board would have beside a large application.</summary>
    private static EmissionBudget Tight => new(40_000, 8_000) { MayReadResources = true };

    [Fact]
    public void The_project_carries_them_as_resx_and_what_is_read_back_passes_its_self_test()
    {
        FirmwareProject project = Project(BoardCatalog.Default.Find("ESP32_C3"), Tight);
        string target = Path.Combine(folder.FullName, "streamed");

        FirmwareProjectWriter.Write(project, target);

        ProjectConventions.AssertStable(project);
        XElement nfproj = XDocument.Load(Path.Combine(target, "streamed", "streamed.nfproj")).Root!;
        string resx = nfproj.Descendants().Single(item => item.Name.LocalName == "EmbeddedResource").Attribute("Include")!.Value;
        XElement[] entries = [.. XDocument.Load(Path.Combine(target, "streamed", resx)).Root!.Elements("data")];
        Assert.Equal(project.Assemblies[^1].Resources.Single().Entries.Select(entry => entry.Name), entries.Select(entry => entry.Attribute("name")!.Value));
        Assert.All(entries, entry => Assert.Equal("System.Byte[], mscorlib", entry.Attribute("type")!.Value));
        Assert.Contains("nanoFramework.ResourceManager", File.ReadAllText(Path.Combine(target, "streamed", "packages.config")), StringComparison.Ordinal);
        ImmutableArray<FirmwareAssembly> read = FirmwareProjectReader.Read(target);
        Assert.Equal(project.Assemblies[^1].Resources.Single().ToStream().ToArray(), read[^1].Resources.Single().ToStream().ToArray());
        DeviceRun run = SimulatedRun.Of(FirmwareBuild.Compile(read), SimulatedRun.Board).SelfTest;
        Assert.True(run.IsComplete);
        Assert.Equal(1, run.Passed);
    }

    [Fact]
    public void A_board_without_resource_manager_is_refused_only_for_a_program_that_needs_it()
    {
        BoardProfile board = BoardCatalog.Default.Find("ST_NUCLEO64_F091RC");

        var refused = Assert.Throws<BoardApiException>(() => Project(board, Tight).Files());
        FirmwareProject another = Project(board, Tight with { MayReadResources = board.HasResourceManager, ImageBytes = 160_000 });

        Assert.Contains("ST_NUCLEO64_F091RC lacks nanoFramework.ResourceManager", refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(another.Files());
        Assert.Equal(1, SimulatedRun.Of(another, board with { ManagedHeapBytes = board.ManagedHeapBytes with { Value = 200_000 } }).SelfTest.Passed);
    }

    [Fact]
    public void A_damaged_resource_file_is_named()
    {
        FirmwareProjectWriter.Write(Project(BoardCatalog.Default.Find("ESP32_C3"), Tight), folder.FullName + "/damaged");
        string resx = Directory.GetFiles(folder.FullName, "*.resx", SearchOption.AllDirectories).Single();
        File.WriteAllText(resx, File.ReadAllText(resx).Replace("<value>", "<value>?"));

        Assert.Contains(Path.GetFileName(resx), Assert.Throws<IOException>(() => FirmwareProjectReader.Read(folder.FullName + "/damaged")).Message, StringComparison.Ordinal);
    }
}
