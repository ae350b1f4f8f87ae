using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using SparseNas.Boards;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Codegen.Firmware;
using SparseNas.Codegen.Firmware.Application;
using SparseNas.Codegen.Tests.Emission;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Testing.Networks;

namespace SparseNas.Codegen.Tests.Firmware;

/// <summary>
/// The variant for the 2.x preview, as far as it can be tried without its packages: compiled at C# 7.3 against the facade with the preview's
/// <c>ReadOnlySpan</c>, its weights seen to stay in the image, and run on .NET, which has the same type.
/// </summary>
public class PreviewTests
{
    private static readonly QuantizedNetwork Network = RandomQuantizedNetworks.Draw(
        Architecture.Chain("preview", new Shape(12, 12, 1), 4, new Conv2D(4, 3, 3, 2), new Relu(), new DepthwiseConv2D(3, 3), new Relu(), new Dense(4)),
        new SeededRandom(6), RandomQuantization.AllWidths);

    private static GeneratedModel Generated => ModelGenerator.Generate(
        Network, EmissionGoal.Plain, BoardCatalog.Default.Find("ESP32_C3").CostTable, EmissionBudget.Unlimited, TestHeader.Plain);

    [Fact]
    public void Weights_in_flash_give_every_byte_of_the_definition() =>
        BitExactness.Check(Network, Emitter.WithWeightsInFlash(Generated), RandomImages.Draw(Network.Graph.Input, 6, new SeededRandom(7)));

    [Fact]
    public void Only_tables_of_weights_and_what_reads_them_differ()
    {
        GeneratedModel heap = Generated, flash = Emitter.WithWeightsInFlash(heap);

        Assert.Equal(heap.Sources.Select(file => file.Path), flash.Sources.Select(file => file.Path));
        (string, string)[] lines =
        [
            .. heap.Sources.Zip(flash.Sources).SelectMany(pair => pair.First.Text.Split('\n').Zip(pair.Second.Text.Split('\n'))).Where(pair => pair.First != pair.Second),
        ];
        Assert.Equal(3, lines.Length);
        Assert.All(lines, pair => Assert.Matches(@"private static System\.ReadOnlySpan<sbyte> Weights\d+ => new sbyte\[\]$", pair.Item2));
    }

    [Fact]
    public void The_compiler_leaves_them_in_the_image_and_makes_no_array()
    {
        GeneratedModel heap = Generated;
        FirmwareModel model = FirmwareModel.From("preview", Network, heap, GoldenVectorChooser.Choose(Network, [], 1, 1), []).WithWeightsInFlash(heap);
        FirmwareProject project = ModelApplication.Project(model, TinyModel.Board, FirmwareSdk.Preview, LiveInput.Own);

        CompiledFirmware image = FirmwareBuild.Compile(project.Assemblies, FirmwareSdk.Preview)[^1];

        using var pe = new PEReader(new MemoryStream(image.Image));
        MetadataReader metadata = pe.GetMetadataReader();
        MethodDefinition[] getters =
        [
            .. metadata.MethodDefinitions.Select(metadata.GetMethodDefinition).Where(method => metadata.GetString(method.Name).StartsWith("get_Weights", StringComparison.Ordinal)),
        ];
        Assert.Equal(3, getters.Length);
        Assert.All(getters, getter =>
        {
            byte[] il = pe.GetMethodBody(getter.RelativeVirtualAddress).GetILBytes()!;
            Assert.Equal((byte)ILOpCode.Ldsflda, il[0]);
            Assert.DoesNotContain((byte)ILOpCode.Newarr, il);
        });
        Assert.Contains(project.Files(), file => file.Path == "preview/preview.csproj");
        Assert.Throws<FirmwareCompilationException>(() => FirmwareBuild.Compile(project.Assemblies));
    }
}
