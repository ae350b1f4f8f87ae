using SparseNas.Codegen.Compilation;
using SparseNas.Simulator.Tests.Conformance;

namespace SparseNas.Simulator.Tests.Reporting;

/// <summary>Where the cycles go, line by line.</summary>
public class LineProfileTests
{
    private static readonly CompiledFirmware s_firmware = FirmwareCompiler.Compile(
        [
            new SourceFile("Loop.cs", """
                public static class Case
                {
                    public static int Run()
                    {
                        int sum = 0;
                        for (int i = 0; i < 20000; i++)
                            sum += Twice(i) / 3;
                        return sum;
                    }
                    static int Twice(int x)
                    {
                        return x * 2;
                    }
                    public static void Main() { }
                }
                """),
        ],
        "app",
        FirmwareOutput.Executable);

    [Fact]
    public void LinesOfAMethodAddUpToTheMethod()
    {
        SimulationReport report = Run(s_firmware.Symbols);
        Assert.Equal(7, report.Lines[0].Line);
        Assert.Equal("Loop.cs", report.Lines[0].File);
        foreach (MethodProfile method in report.Profile)
        {
            Assert.Equal(method.Cycles, report.Lines.Where(line => line.Method == method.Method).Sum(line => line.Cycles), 1e-6 * method.Cycles);
        }

        Assert.Contains(report.Lines, line => line is { Line: 12, Method: "Case.Twice" });
    }

    [Fact]
    public void ReportsNameTheLines()
    {
        SimulationReport report = Run(s_firmware.Symbols);
        Assert.Contains("Loop.cs:7 Case.Run", ReportText.Write(report), StringComparison.Ordinal);
        Assert.Contains("\"file\": \"Loop.cs\"", ReportJson.Write(report), StringComparison.Ordinal);
        Assert.Matches(@"(?m)^Case\.Run(;Case\.Twice)?;Loop\.cs:\d+ \d+$", ReportText.FoldedStacks(report));
    }

    [Fact]
    public void WithoutSymbolsThereAreNoLinesAndDamagedOnesAreNamed()
    {
        Assert.Empty(Run(default).Lines);
        Assert.Contains("portable PDB", Assert.Throws<DamagedAssemblyException>(() => Run(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 })).Message, StringComparison.Ordinal);
    }

    private static SimulationReport Run(ReadOnlyMemory<byte> symbols)
    {
        using SimulatedDevice device = new(ConformanceCase.Board, 100_000);
        device.Load(s_firmware.Image, "app", symbols);
        return device.Run("Case.Run");
    }
}
