using System.Collections.Immutable;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Firmware.Files;
using SparseNas.Codegen.Limits;

namespace SparseNas.Codegen.Firmware.Application;

/// <summary>Puts a model into the firmware application.</summary>
public static class ModelApplication
{
    /// <summary>Room for a suffix within the longest name.</summary>
    private const int LongestStem = 34;

    /// <summary>
    /// The application's assemblies: what the simulator runs and what the project folder holds. One, as long as model, golden vectors and
    /// application stay within the byte code that one assembly can hold; beyond that the model gets an assembly of its own.
    /// </summary>
    /// <param name="name">Name of the application.</param>
    /// <param name="model">The model.</param>
    /// <param name="board">The board, whose wiring the application knows.</param>
    /// <param name="live">What happens after the self-test.</param>
    /// <param name="sdk">The line of libraries that the sources are for.</param>
    /// <exception cref="FirmwareCompilationException">The model's sources do not compile.</exception>
    public static ImmutableArray<FirmwareAssembly> Assemblies(FirmwareName name, FirmwareModel model, BoardDeployment board, LiveInput live, FirmwareSdk sdk = FirmwareSdk.Stable)
    {
        SourceFile[] application = [GoldenSource.For(model.Title, model.Input, model.Golden), .. ApplicationTemplate.Sources(board, live)];
        FirmwareName[] libraries = model.Libraries.Select(library => library.Name).ToArray();
        FirmwareAssembly whole = FirmwareAssembly.Create(name, FirmwareOutput.Executable, [.. model.Sources, .. application], libraries) with { Resources = model.Resources };
        ImmutableArray<FirmwareAssembly> together = [.. model.Libraries, whole];
        if (FirmwareBuild.Compile(together, sdk)[^1].IlBytes <= AssemblyLimits.IlBytes.Most) return together;

        FirmwareName modelName = FirmwareName.From($"{name.Value[..Math.Min(name.Value.Length, LongestStem)]}_model");
        return
        [
            .. model.Libraries,
            FirmwareAssembly.Create(modelName, FirmwareOutput.Library, model.Sources, libraries) with { Resources = model.Resources },
            FirmwareAssembly.Create(name, FirmwareOutput.Executable, application, [modelName, .. libraries]),
        ];
    }

    /// <summary>The project that <c>deploy</c> writes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="board">The board.</param>
    /// <param name="sdk">The project system.</param>
    /// <param name="live">What happens after the self-test.</param>
    public static FirmwareProject Project(FirmwareModel model, BoardDeployment board, FirmwareSdk sdk, LiveInput live)
    {
        FirmwareName name = FirmwareName.From(model.Title);
        string encoding = FormattableString.Invariant($"real = {model.Encoding.Scale} * (byte - {model.Encoding.ZeroPoint})");
        ImmutableArray<string> summary =
        [
            $"Model {Markdown.Escape(model.Title)}: input {model.Input.Height} rows of {model.Input.Width} columns of {model.Input.Channels} "
                + $"channels, one byte each, `{encoding}`; {model.Golden[0].Logits.Length} classes.",
            .. model.Facts.Length == 0 ? [] : model.Facts.Prepend(""),
        ];
        return new FirmwareProject(name, Assemblies(name, model, board, live, sdk), board, sdk, summary);
    }
}
