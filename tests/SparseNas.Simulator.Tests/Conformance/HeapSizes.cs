using System.Globalization;
using System.Text.RegularExpressions;
using SparseNas.Codegen.Compilation;
using SparseNas.Simulator.Heap;

namespace SparseNas.Simulator.Tests.Conformance;

/// <summary>Heap bytes of an object that the suite names, such as <c>sbyte[1000]</c>: by how much live bytes grow when it is made.</summary>
internal static partial class HeapSizes
{
    public static long Of(string described)
    {
        if (FrameOfLocals().Match(described) is { Success: true } frame)
        {
            return HeapLayout.BytesOf(HeapLayout.FrameBlocks(int.Parse(frame.Groups[1].Value, CultureInfo.InvariantCulture), 2, inlining: true));
        }

        string source = $$"""
            public class Probe
            {
                {{Declarations(described)}}
                delegate int F(int x);
                static int Own(int x) { return x; }
                int Other(int x) { return x; }
                static object Kept;
                static object Target;
                public static void Without() { Target = new Probe(); }
                public static void With() { Target = new Probe(); Kept = {{Expression(described)}}; }
                public static void Main() { }
            }
            """;
        ReadOnlyMemory<byte> image = FirmwareCompiler.Compile([new SourceFile("Probe.cs", source)], "app", FirmwareOutput.Executable).Image;
        return LiveBytes(image, "Probe.With") - LiveBytes(image, "Probe.Without");
    }

    private static long LiveBytes(ReadOnlyMemory<byte> image, string entry)
    {
        using SimulatedDevice device = new(ConformanceCase.Board, 10_000_000);
        device.Load(image);
        return device.Run(entry).HeapLiveBytes;
    }

    private static string Expression(string described) => described switch
    {
        "delegate to static method" => "new F(Own)",
        "delegate to instance method (target not counted)" => "new F(((Probe)Target).Other)",
        "multicast delegate of 2 static methods" => "(F)System.Delegate.Combine(new F(Own), new F(Own))",
        _ when described.StartsWith("boxed struct{", StringComparison.Ordinal) => "new S()",
        _ when described.StartsWith("class with", StringComparison.Ordinal) => "new C()",
        _ when described.StartsWith("struct{", StringComparison.Ordinal) => "new S" + described[described.IndexOf('[', StringComparison.Ordinal)..],
        _ => "new " + described.Replace(" (rows null)", "", StringComparison.Ordinal),
    };

    private static string Declarations(string described)
    {
        if (FieldCount().Match(described) is { Success: true } fields)
        {
            return $"class C {{ {string.Concat(Enumerable.Range(0, int.Parse(fields.Groups[1].Value, CultureInfo.InvariantCulture)).Select(f => $"public int F{f}; "))} }}";
        }

        if (StructFields().Match(described) is not { Success: true } shape) return "";
        return $"struct S {{ {string.Concat(shape.Groups[1].Value.Split(',').Select((type, f) => $"public {type} F{f}; "))} }}";
    }

    [GeneratedRegex(@"^frame: (\d+) int locals$")]
    private static partial Regex FrameOfLocals();

    [GeneratedRegex(@"^class with (\d+) fields$")]
    private static partial Regex FieldCount();

    [GeneratedRegex(@"^(?:boxed )?struct\{([a-z,]+)\}")]
    private static partial Regex StructFields();
}
