using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Firmware;
using SparseNas.Codegen.Firmware.Application;
using SparseNas.Networks;

namespace SparseNas.Codegen.Tests.Firmware;

public class ApplicationTests
{
    private static string[] Run(FirmwareModel model) =>
        DesktopRun.Lines(ModelApplication.Assemblies(FirmwareName.From("app"), model, TinyModel.Board, LiveInput.Own));

    /// <summary>The lines without the figures that a clock or a heap decides.</summary>
    private static string[] Stable(IEnumerable<string> lines) => lines.Select(line => Regex.Replace(Regex.Replace(line, "icks=[0-9]+", "icks=T"), "rounds=[0-9]+", "rounds=R")).ToArray();

    [Fact]
    public void A_right_model_passes_every_golden_vector()
    {
        ImmutableArray<GoldenVector> golden = TinyModel.Golden(4);

        string[] lines = Stable(Run(TinyModel.Model()));

        Assert.Equal(
            [
                "SPARSENAS BEGIN format=1 model=tiny vectors=4 classes=3 .",
                "SPARSENAS HEAP at=start free=54321 .",
                .. golden.Select((v, i) => $"SPARSENAS GOLDEN index={i} result=ok class={v.Class} expected={v.Class} sum={Checksum(v.Logits)} ."),
                "SPARSENAS TIME inferences=4 ticks=T readingTicks=T .",
                .. Enumerable.Repeat<string[]>(["arithmetic", "memory", "calls", "collections"], 4)
                    .SelectMany(turn => turn)
                    .Select(name => $"SPARSENAS PROBE name={name} rounds=R ticks=T ."),
                "SPARSENAS HEAP at=end free=54321 .",
                "SPARSENAS DONE passed=4 failed=0 .",
            ],
            lines);
    }

    private static int Checksum(ImmutableArray<int> logits) => logits.Reverse().Aggregate(0, (sum, logit) => unchecked((sum * 31) + logit));

    [Theory]
    [InlineData("% 7 - 3)", "% 7 - 2)")]
    [InlineData("sum += ((5 * output", "sum += (index == 7 ? 1 : 0) + ((5 * output")]
    public void Wrong_weights_fail_with_the_logit_that_differs(string right, string wrong)
    {
        string[] lines = Run(TinyModel.Model(text: TinyModel.Text.Replace(right, wrong)));

        string first = lines.First(line => line.Contains("GOLDEN"));
        int want = TinyModel.Golden(1)[0].Logits[0];
        Assert.Matches($"^SPARSENAS GOLDEN index=0 result=FAIL class=[0-9]+ expected=[0-9]+ sum=-?[0-9]+ reason=logits different=3 logit=0 got=-?[0-9]+ want={want} \\.$", first);
        Assert.Equal("SPARSENAS DONE passed=0 failed=4 .", lines[^1]);
    }

    [Fact]
    public void A_truncated_row_fails_with_its_place_and_length()
    {
        FirmwareModel model = TinyModel.Model();
        FirmwareAssembly application = ModelApplication.Assemblies(FirmwareName.From("app"), model, TinyModel.Board, LiveInput.Own)[^1];
        string row = Convert.ToHexStringLower(model.Golden[1].Input.AsSpan(12, 6));
        SourceFile[] sources = [.. application.Sources.Select(s => s.Path == "Golden.cs" ? s with { Text = s.Text.Replace(row, row[..10]) } : s)];

        string[] lines = DesktopRun.Lines([application with { Sources = sources }]);

        Assert.Contains("SPARSENAS GOLDEN index=1 result=FAIL reason=row row=2 got=5 want=6 .", lines);
        Assert.Equal("SPARSENAS DONE passed=3 failed=1 .", lines[^1]);
    }

    [Fact]
    public void An_exception_ends_the_log_with_its_name()
    {
        string[] lines = Run(TinyModel.Model(text: TinyModel.Text.Replace("index < 24", "index < 25")));

        Assert.Equal("SPARSENAS ERROR exception=System.IndexOutOfRangeException .", lines[^1]);
    }

    [Fact]
    public void The_serial_variant_compiles_and_names_the_library()
    {
        IReadOnlyList<CompiledFirmware> compiled = FirmwareBuild.Compile(
            ModelApplication.Assemblies(FirmwareName.From("app"), TinyModel.Model(), TinyModel.Board, LiveInput.Serial));

        Assert.Equal(["mscorlib", "nanoFramework.Hardware.Esp32", "nanoFramework.Runtime.Native", "System.IO.Ports"], compiled[0].References.Order(StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public void A_model_that_leaves_no_room_for_the_application_gets_an_assembly_of_its_own()
    {
        // Eight methods of 538 statements of 15 bytes: 64,560 of the 65,535 bytes that an assembly holds.
        string statements = string.Concat(Enumerable.Repeat("a = a * 1234567 + 7654321;\n", 538));
        string methods = string.Concat(Enumerable.Range(0, 8).Select(n => $"public static int M{n}(int a) {{ {statements} return a; }}\n"));
        var bulk = new SourceFile("Bulk.cs", $"namespace SparseNas.Generated {{ public static class Bulk {{ {methods} }} }}");
        FirmwareModel model = TinyModel.Model();

        ImmutableArray<FirmwareAssembly> assemblies = ModelApplication.Assemblies(
            FirmwareName.From(new string('x', 60)), model with { Sources = [.. model.Sources, bulk] }, TinyModel.Board, LiveInput.Own);

        Assert.Equal([new string('x', 34) + "_model", new string('x', 40)], assemblies.Select(assembly => assembly.Name.Value));
        Assert.All(FirmwareBuild.Compile(assemblies), image => Assert.InRange(image.IlBytes, 1_000, 65_535));
        Assert.Equal("SPARSENAS DONE passed=4 failed=0 .", DesktopRun.Lines(assemblies)[^1]);
    }

    [Fact]
    public void Hostile_names_stay_text()
    {
        const string Hostile = "\"; } } class Evil { static int x = 1/0; } //\\\n\r\u2028\0é";
        FirmwareModel model = TinyModel.Model(Hostile);

        SourceFile golden = GoldenSource.For(Hostile, model.Input, model.Golden);
        string[] lines = Run(model);

        SyntaxNode[] classes = CSharpSyntaxTree.ParseText(golden.Text).GetRoot().DescendantNodes().Where(n => n is ClassDeclarationSyntax).ToArray();
        Assert.Equal("Golden", ((ClassDeclarationSyntax)Assert.Single(classes)).Identifier.Text);
        Assert.Matches("^SPARSENAS BEGIN format=1 model=_+class_Evil[A-Za-z0-9_]* vectors=4 classes=3 \\.$", lines[0]);
        Assert.EndsWith("failed=0 .", lines[^1]);
    }

    [Fact]
    public void A_large_image_is_looked_up_in_switches_of_128_cases()
    {
        var input = new Shape(300, 2, 1);
        var random = new SeededRandom(3);
        ImmutableArray<byte> bytes = [.. Enumerable.Range(0, 600).Select(_ => (byte)random.Next(256))];
        string golden = GoldenSource.For("m", input, [new GoldenVector(bytes, [1, 2])]).Text;
        const string Program =
            """
            static class Program
            {
                static void Main()
                {
                    for (int row = 0; row < 300; row++) System.Console.WriteLine("SPARSENAS " + SparseNas.Generated.Golden.Row(0, row));
                }
            }
            """;
        CompiledFirmware firmware = FirmwareCompiler.Compile(
            [new SourceFile("Golden.cs", golden), new SourceFile("Program.cs", Program)], "app", FirmwareOutput.Executable);

        string[] lines = DesktopRun.Lines([firmware]);

        Assert.Equal(Enumerable.Range(0, 300).Select(row => "SPARSENAS " + Convert.ToHexStringLower(bytes.AsSpan(2 * row, 2))), lines);
        Assert.DoesNotMatch(@"case 128:", golden);
    }

    [Fact]
    public void Golden_vectors_that_overflow_the_string_table_are_refused_with_values()
    {
        var input = new Shape(96, 96, 3);
        var random = new SeededRandom(5);
        ImmutableArray<byte> bytes = [.. Enumerable.Range(0, input.Elements).Select(_ => (byte)random.Next(256))];

        var error = Assert.Throws<ArgumentException>(() => GoldenSource.For("m", input, [new GoldenVector(bytes, [1, 2])]));

        Assert.Contains("take 55,4", error.Message);
        Assert.Contains("48,000", error.Message);
    }
}
