using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Emission;

namespace SparseNas.Codegen.Tests.Emission;

/// <summary>A generated model compiled against the desktop runtime and run as native code, step by step or as a whole.</summary>
/// <example><code>
/// using var model = NativeModel.Load(generated);
/// model.Push(image);
/// model.Step(0);
/// byte[] arena = model.Arena;
/// </code></example>
public sealed class NativeModel : IDisposable
{
    private static readonly MetadataReference[] Desktop =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is "System.Private.CoreLib.dll" or "System.Runtime.dll" or "netstandard.dll")
            .Select(path => MetadataReference.CreateFromFile(path))];

    private readonly AssemblyLoadContext context = new("generated model", isCollectible: true);
    private readonly Type type;
    private readonly Action[] steps;
    private readonly Lazy<Action<int[]>> softmax;

    /// <summary>What the device's package does, on the desktop's resource manager.</summary>
    private static readonly SourceFile ResourceUtility = new("ResourceUtility.cs", """
        namespace nanoFramework.Runtime.Native
        {
            public static class ResourceUtility
            {
                public static object GetObject(System.Resources.ResourceManager manager, System.Enum id, int offset, int length)
                {
                    byte[] all = (byte[])manager.GetObject(id.ToString());
                    byte[] part = new byte[System.Math.Min(length, all.Length - offset)];
                    System.Array.Copy(all, offset, part, 0, part.Length);
                    return part;
                }
            }
        }
        """);

    private NativeModel(byte[] image, GeneratedModel model)
    {
        type = context.LoadFromStream(new MemoryStream(image)).GetType(GeneratedModel.TypeName, throwOnError: true)!;
        steps = [.. model.Steps.Select(step => Method(step.Method.Name).CreateDelegate<Action>())];
        Arena = (byte[])type.GetField("Arena")!.GetValue(null)!;
        Reset = Method("Reset").CreateDelegate<Action>();
        RowOffset = Method("get_RowOffset").CreateDelegate<Func<int>>();
        RowArrived = Method("RowArrived").CreateDelegate<Action>();
        PushRow = Method("PushRow").CreateDelegate<Action<byte[]>>();
        FinishRows = type.GetMethod("FinishRows")?.CreateDelegate<Action>() ?? (() => { });
        Run = Method("Run").CreateDelegate<Action>();
        Class = Method("Class").CreateDelegate<Func<int>>();
        Logit = Method("Logit").CreateDelegate<Func<int, int>>();
        Label = Method("Label").CreateDelegate<Func<int, string>>();
        softmax = new Lazy<Action<int[]>>(() => Method("Softmax").CreateDelegate<Action<int[]>>());
    }

    /// <summary>The model's memory itself, not a copy.</summary>
    public byte[] Arena { get; }

    public Action Reset { get; }

    public Func<int> RowOffset { get; }

    public Action RowArrived { get; }

    public Action<byte[]> PushRow { get; }

    /// <summary>What Run does before the steps on whole tensors; nothing for a model without row stages.</summary>
    public Action FinishRows { get; }

    public Action Run { get; }

    public Func<int> Class { get; }

    public Func<int, int> Logit { get; }

    public Func<int, string> Label { get; }

    public int Constant(string name) => (int)type.GetField(name)!.GetRawConstantValue()!;

    public static NativeModel Load(GeneratedModel model) => new(
        Compile(
            [.. model.Libraries.SelectMany(library => library.Sources), .. model.Sources],
            [.. model.Libraries.SelectMany(library => library.Resources), .. model.Resources]), model);

    /// <summary>Writes all rows of an image to where the model takes them.</summary>
    public void Push(ReadOnlySpan<byte> image)
    {
        Reset();
        int rowBytes = Constant("RowBytes");
        for (int at = 0; at < image.Length; at += rowBytes)
        {
            image.Slice(at, rowBytes).CopyTo(Arena.AsSpan(RowOffset()));
            RowArrived();
        }
    }

    public void Step(int step) => steps[step]();

    public void Softmax(int[] probabilities) => softmax.Value(probabilities);

    public void Dispose() => context.Unload();

    private MethodInfo Method(string name) => type.GetMethod(name) ?? throw new MissingMethodException(type.FullName, name);

    private static byte[] Compile(IEnumerable<SourceFile> sources, IReadOnlyList<ResourceFile> resources)
    {
        var parse = new CSharpParseOptions(LanguageVersion.CSharp7_3);
        CSharpCompilation compilation = CSharpCompilation.Create(
            "generated", (resources.Count > 0 ? sources.Append(ResourceUtility) : sources).Select(source => CSharpSyntaxTree.ParseText(source.Text, parse, source.Path)), Desktop,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release));
        using var image = new MemoryStream();
        EmitResult result = compilation.Emit(
            image, manifestResources: resources.Select(file => new ResourceDescription(file.ManifestName, file.ToStream, isPublic: true)));
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Take(20)));
        return image.ToArray();
    }
}
