using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using SparseNas.Codegen.Compilation;

namespace SparseNas.Codegen.Tests.Compilation;

public class FirmwareCompilerTests
{
    private static CompiledFirmware Compile(string text, FirmwareOutput output = FirmwareOutput.Library) =>
        FirmwareCompiler.Compile([new SourceFile("Program.cs", text)], "app", output);

    private static FirmwareDiagnostic[] ErrorsOf(string text) =>
        Assert.Throws<FirmwareCompilationException>(() => Compile(text)).Diagnostics.ToArray();

    [Fact]
    public void Every_error_is_listed_with_file_and_line()
    {
        FirmwareDiagnostic[] errors = ErrorsOf("class A\n{\n    int x = \"text\";\n    void M() { y = 1; }\n}\n");

        Assert.Equal(["Program.cs 3 CS0029", "Program.cs 4 CS0103"], errors.Select(e => $"{e.Path} {e.Line} {e.Code}"));
    }

    [Theory]
    [InlineData("class A { int M() => System.Math.Abs(-1); }", "Math")]
    [InlineData("class A { System.Span<int> s; }", "Span<>")]
    [InlineData("class A { void M() { System.GC.Collect(); } }", "Collect")]
    [InlineData("class A { System.DivideByZeroException e; }", "DivideByZeroException")]
    [InlineData("class A { void M() { System.Console.WriteLine(1); } }", "int")]
    [InlineData("class A { string M(object o) => o is null ? System.Console.ReadLine() : null; }", "ReadLine")]
    [InlineData("using System.Linq; class A { }", "Linq")]
    [InlineData("class A { decimal d; }", "System.Decimal")]
    public void An_API_the_device_lacks_is_an_error_that_says_so(string text, string name)
    {
        FirmwareDiagnostic error = ErrorsOf(text)[0];

        Assert.Contains(name, error.Message);
        Assert.True(error.MayBeMissingOnDevice);
        Assert.EndsWith("The device's libraries have no such API.", error.ToString());
    }

    [Theory]
    [InlineData("class A { void M() { System.ReadOnlySpan<sbyte> w = new sbyte[] { 1 }; } }")]
    [InlineData("class A { int M(int x) => x switch { 1 => 2, _ => 3 }; }")]
    [InlineData("namespace N; class A { }")]
    [InlineData("class A { unsafe void M(int* p) { } }")]
    public void The_language_ends_at_7_3_and_before_unsafe(string text) => Assert.NotEmpty(ErrorsOf(text));

    [Fact]
    public void A_program_may_use_every_library_of_the_device_and_names_only_those_it_uses()
    {
        CompiledFirmware firmware = Compile(
            """
            using System;
            using System.IO.Ports;
            using nanoFramework.Runtime.Native;

            public static class Program
            {
                public static void Main()
                {
                    var port = new SerialPort("COM2", 115200);
                    port.Open();
                    Console.WriteLine(nanoFramework.Runtime.Native.GC.Run(true).ToString());
                }
            }
            """,
            FirmwareOutput.Executable);

        Assert.Equal(["mscorlib", "nanoFramework.Runtime.Native", "System.IO.Ports"], firmware.References.Order(StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public void A_second_assembly_can_use_the_first()
    {
        CompiledFirmware weights = FirmwareCompiler.Compile(
            [new SourceFile("W.cs", "public static class W { public static int Get() { return 7; } }")], "weights", FirmwareOutput.Library);
        CompiledFirmware app = FirmwareCompiler.Compile(
            [new SourceFile("P.cs", "static class P { static void Main() { System.Console.WriteLine(W.Get().ToString()); } }")],
            "app",
            FirmwareOutput.Executable,
            [weights]);

        Assert.Contains("weights", app.References);
    }

    [Fact]
    public void Same_sources_same_bytes()
    {
        const string Text = "static class P { static readonly sbyte[] W = { 1, -2, 3 }; static void Main() { System.Console.WriteLine(W[1].ToString()); } }";

        Assert.Equal(Compile(Text, FirmwareOutput.Executable).Image, Compile(Text, FirmwareOutput.Executable).Image);
    }

    [Fact]
    public void The_IL_is_what_csc_makes_with_the_options_of_the_device()
    {
        SourceFile[] sources = [new SourceFile("Case.cs", CscSample), new SourceFile("Program.cs", ProgramText)];
        byte[] inProcess = FirmwareCompiler.Compile(sources, "app", FirmwareOutput.Executable).Image;

        Assert.Equal(IlListing(RunCsc(sources)), IlListing(inProcess));
    }

    /// <summary>Loops, switch tables, initialisers, delegates, strings, exceptions: where compilers have a choice of instructions.</summary>
    private const string CscSample =
        """
        using System;
        public static class Case
        {
            private static readonly short[] Table = { 1, -2, 300, 4 };
            private delegate int Op(int a, int b);
            public static int Run()
            {
                int sum = 0;
                for (int i = 0; i < Table.Length; i++) sum += Table[i] * (i << (sum & 7));
                switch (sum & 7) { case 0: sum++; break; case 1: sum--; break; case 2: sum ^= 5; break; case 5: sum = ~sum; break; default: break; }
                Op op = (a, b) => a - b;
                foreach (short value in Table) { try { sum = op(sum, value / (value - 4)); } catch (Exception) { sum += 100; } }
                long wide = (long)sum * 0x7fffffff + (uint)sum; sum ^= (int)(wide >> 31);
                string text = "s" + sum + 'c' + wide;
                return sum + text.Length + (byte)wide + (sbyte)sum;
            }
        }
        """;

    private const string ProgramText = "public static class Program { public static void Main() { System.Console.WriteLine(Case.Run().ToString()); } }";

    private static byte[] RunCsc(SourceFile[] sources)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("sparsenas-csc-");
        try
        {
            foreach (SourceFile source in sources) File.WriteAllText(Path.Combine(folder.FullName, source.Path), source.Text);
            File.WriteAllBytes(Path.Combine(folder.FullName, "mscorlib.dll"), [.. DeviceFacade.Assemblies[0].Image]);
            string options = "-noconfig -nologo -nostdlib+ -target:exe -optimize+ -debug- -langversion:7.3 -deterministic+ -r:mscorlib.dll -out:app.dll";
            var start = new ProcessStartInfo("dotnet", $"exec \"{CscPath()}\" {options} {string.Join(' ', sources.Select(s => s.Path))}")
            {
                WorkingDirectory = folder.FullName,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            string messages = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, messages);
            return File.ReadAllBytes(Path.Combine(folder.FullName, "app.dll"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The C# compiler of the newest installed SDK, found beside the running shared framework.</summary>
    private static string CscPath()
    {
        string runtimeFolder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string sdks = Path.GetFullPath(Path.Combine(runtimeFolder, "..", "..", "..", "sdk"));
        return Directory.GetFiles(sdks, "csc.dll", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
    }

    /// <summary>Every table's row count, every custom attribute's constructor, and every method's name, locals, stack depth and IL bytes.</summary>
    private static string[] IlListing(byte[] image)
    {
        using var reader = new PEReader(ImmutableArray.Create(image));
        MetadataReader metadata = reader.GetMetadataReader();
        IEnumerable<string> tables = Enum.GetValues<TableIndex>()
            .Where(table => (int)table < MetadataTokens.TableCount)
            .Select(table => $"{table} {metadata.GetTableRowCount(table)}");
        IEnumerable<string> methods = metadata.MethodDefinitions.Select(metadata.GetMethodDefinition).Select(method =>
        {
            if (method.RelativeVirtualAddress == 0) return metadata.GetString(method.Name);
            MethodBodyBlock body = reader.GetMethodBody(method.RelativeVirtualAddress);
            return $"{metadata.GetString(method.Name)} {body.MaxStack} {MetadataTokens.GetToken(body.LocalSignature):x} {Convert.ToHexString(body.GetILBytes()!)}";
        });
        return [.. tables, .. methods];
    }
}
