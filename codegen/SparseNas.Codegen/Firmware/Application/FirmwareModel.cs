using System.Collections.Immutable;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Emission;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Firmware.Application;

/// <summary>A generated model with everything that has to travel with it.</summary>
/// <param name="Title">What the user calls it; any text.</param>
/// <param name="Input">Shape of the raw input.</param>
/// <param name="Encoding">What an input byte stands for.</param>
/// <param name="Sources">The static class <c>SparseNas.Generated.Model</c> and what belongs to it, in compile order.</param>
/// <param name="Libraries">Assemblies that hold parts of a model too large for one, in build order; the sources use all of them.</param>
/// <param name="Golden">Golden vectors for the self-test, at least one.</param>
/// <param name="Facts">Lines of Markdown about the model, such as its accuracy and costs; may be empty.</param>
public sealed record FirmwareModel(
    string Title,
    Shape Input,
    InputEncoding Encoding,
    IReadOnlyList<SourceFile> Sources,
    ImmutableArray<FirmwareAssembly> Libraries,
    ImmutableArray<GoldenVector> Golden,
    ImmutableArray<string> Facts)
{
    /// <summary>What the assembly with <see cref="Sources"/> carries beside code.</summary>
    public ImmutableArray<ResourceFile> Resources { get; init; } = [];

    /// <summary>A generated model, with the libraries it was split into when one assembly could not hold it.</summary>
    /// <param name="title">What the user calls it.</param>
    /// <param name="network">The integer network.</param>
    /// <param name="model">Its device source.</param>
    /// <param name="golden">Golden vectors, from <see cref="GoldenVectorChooser"/>.</param>
    /// <param name="facts">Lines of Markdown about the model; may be empty.</param>
    public static FirmwareModel From(
        string title, QuantizedNetwork network, GeneratedModel model, ImmutableArray<GoldenVector> golden, ImmutableArray<string> facts) =>
        new(title, network.Graph.Input, new InputEncoding(network.Input.Scale, network.Input.ZeroPoint), model.Sources, LibrariesOf(model), golden, facts) { Resources = model.Resources };

    /// <summary>The same model with its tables of weights in flash, for a device of the 2.x preview.</summary>
    /// <param name="generated">The generated source that this model was made from.</param>
    public FirmwareModel WithWeightsInFlash(GeneratedModel generated)
    {
        GeneratedModel flash = Emitter.WithWeightsInFlash(generated);
        return this with { Sources = flash.Sources, Libraries = LibrariesOf(flash) };
    }

    /// <summary>The assemblies that hold parts of a model too large for one; each uses those before it.</summary>
    public static ImmutableArray<FirmwareAssembly> LibrariesOf(GeneratedModel model)
    {
        var libraries = ImmutableArray.CreateBuilder<FirmwareAssembly>();
        foreach (GeneratedLibrary library in model.Libraries)
        {
            libraries.Add(FirmwareAssembly.Create(
                FirmwareName.From(library.Name), FirmwareOutput.Library, library.Sources, [.. libraries.Select(before => before.Name)]) with { Resources = library.Resources });
        }

        return libraries.ToImmutable();
    }
}
