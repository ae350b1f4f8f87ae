using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
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

/// <summary>The whole application in the simulator, as the board would run it.</summary>
public class SimulatedApplicationTests
{
    /// <summary>Without the lines whose figures a clock or a heap decides.</summary>
    private static string[] Stable(IEnumerable<string> lines) =>
        lines.Where(line => !Regex.IsMatch(line, "^SPARSENAS (HEAP|TIME|PROBE)") && line.Length > 0).ToArray();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_networks_print_the_same_golden_lines_as_natively(ulong seed)
    {
        QuantizedNetwork network = GeneratedApplicationTests.Draw(seed);
        FirmwareProject project = GeneratedApplicationTests.Project(network, GeneratedApplicationTests.Golden(network, seed));

        string[] simulated = SimulatedRun.Of(project).Console.Split('\n');

        Assert.Equal(Stable(DesktopRun.Lines(project.Assemblies)), Stable(simulated));
        DeviceRun run = DeviceLog.Parse(string.Join('\n', simulated)).Best!;
        Assert.True(run.IsComplete);
        Assert.Equal(run.Vectors, run.Passed);
        Assert.Equal(["arithmetic", "calls", "collections", "memory"], run.Probes.Keys);
        Assert.InRange(run.Timing!.InferenceMilliseconds, 0.01, 100_000);
        Assert.InRange(run.HeapFreeBytes["end"], 1, SimulatedRun.Board.HeapBytes);
    }

    [Fact]
    public void Nothing_is_allocated_between_the_start_and_the_end_that_stays()
    {
        DeviceRun run = SimulatedRun.Of(TinyModel.Project()).SelfTest;

        // The garbage of report lines is collected before each figure; what may differ is a cached stack frame or two.
        Assert.InRange(run.HeapFreeBytes["start"] - run.HeapFreeBytes["end"], -600, 600);
    }

    [Fact]
    public void A_corrupted_weight_is_detected_with_the_logit_it_changed()
    {
        QuantizedNetwork network = GeneratedApplicationTests.Draw(1);
        QuantizedNetwork damaged = Corruption.OfOneWeight(network, new SeededRandom(2));

        DeviceRun run = SimulatedRun.Of(GeneratedApplicationTests.Project(damaged, GeneratedApplicationTests.Golden(network, 1))).SelfTest;

        Assert.True(run.IsComplete);
        Assert.Contains(run.Golden, result => !result.IsOk && Regex.IsMatch(result.Detail, "reason=logits different=[0-9]+ logit=[0-9]+ got=-?[0-9]+ want=-?[0-9]+"));
    }

    [Fact]
    public void A_wrong_scale_is_detected()
    {
        QuantizedNetwork network = GeneratedApplicationTests.Draw(3);

        DeviceRun run = SimulatedRun.Of(GeneratedApplicationTests.Project(Corruption.OfAScale(network), GeneratedApplicationTests.Golden(network, 3))).SelfTest;

        Assert.Equal(0, run.Passed);
        Assert.All(run.Golden, result => Assert.Contains("reason=logits", result.Detail));
    }

    [Fact]
    public void A_truncated_row_is_detected_with_its_place()
    {
        FirmwareProject project = TinyModel.Project();
        string row = Convert.ToHexStringLower(TinyModel.Golden(2)[1].Input.AsSpan(12, 6));
        FirmwareAssembly damaged = project.Assemblies[^1] with
        {
            Sources = [.. project.Assemblies[^1].Sources.Select(s => s.Path == "Golden.cs" ? s with { Text = s.Text.Replace(row, row[..10]) } : s)],
        };

        DeviceRun run = SimulatedRun.Of(project with { Assemblies = [damaged] }).SelfTest;

        Assert.Equal("reason=row row=2 got=5 want=6", run.Golden[1].Detail);
        Assert.Equal(3, run.Passed);
    }

    /// <summary>
    /// Boards whose calls, memory and collections cost 0.6 to 1.7 times what the table says, with 2 % noise on every time, logs that begin
    /// with a boot cut short and end with another: the calibration from one model's log predicts every time in another model's log.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_calibration_from_one_models_log_predicts_another_models_log_within_5_percent(ulong seed)
    {
        var random = new SeededRandom(seed);
        double Factor() => 0.6 + (1.1 * random.NextDouble());
        var truth = new Calibration(Factor(), Factor(), Factor(), Factor(), 50_000, "truth");
        QuantizedNetwork first = GeneratedApplicationTests.Draw(4), second = GeneratedApplicationTests.Draw(2);
        IReadOnlyList<CompiledFirmware> learnFrom = Compile(first, 4), heldOut = Compile(second, 2);
        string Run(IReadOnlyList<CompiledFirmware> firmware, Calibration calibration) =>
            SimulatedRun.Of(firmware, SimulatedRun.Board with { Calibration = calibration }).Console;

        string log = Noisy(Run(learnFrom, truth), random);
        DeviceRun measured = DeviceLog.Parse(log[..(log.Length / 3)] + "\nboot\n" + log + log[..(log.Length / 2)]).Best!;
        Calibration fitted = CalibrationFit.Fit(
            measured, calibration => DeviceLog.Parse(Run(learnFrom, calibration)).Best!, SimulatedRun.Board.HeapBytes, "log");

        DeviceRun expected = DeviceLog.Parse(Run(heldOut, truth)).Best!;
        VerifiedFigure[] calibrated = Times(expected, DeviceLog.Parse(Run(heldOut, fitted)).Best!), bare = Times(expected, DeviceLog.Parse(Run(heldOut, Calibration.None)).Best!);
        Assert.Equal(["inference", "probe arithmetic", "probe calls", "probe collections", "probe memory"], calibrated.Select(figure => figure.What));
        Assert.All(calibrated, figure => Assert.True(Math.Abs(figure.RelativeDifference) < 0.05, $"{figure} truth {truth} fitted {fitted}"));
        Assert.True(Worst(calibrated) < Worst(bare), $"calibrated {Worst(calibrated)}, uncalibrated {Worst(bare)}");
        Assert.InRange(fitted.ManagedHeapBytes!.Value, 49_900, 50_100);
    }

    [Theory]
    [Trait("Category", "Exhaustive")]
    [MemberData(nameof(MoreSeeds))]
    public void So_do_calibrations_from_many_more_logs(ulong seed) => A_calibration_from_one_models_log_predicts_another_models_log_within_5_percent(seed);

    /// <summary>Boards and noise that the default run does not try.</summary>
    public static TheoryData<ulong> MoreSeeds => new([.. Enumerable.Range(4, 27).Select(seed => (ulong)seed)]);

    private static VerifiedFigure[] Times(DeviceRun measured, DeviceRun predicted) =>
        [.. DeviceVerification.Compare(measured, predicted).Figures.Where(figure => figure.Unit == "ms")];

    private static double Worst(IEnumerable<VerifiedFigure> figures) => figures.Max(figure => Math.Abs(figure.RelativeDifference));

    private static IReadOnlyList<CompiledFirmware> Compile(QuantizedNetwork network, ulong seed) =>
        FirmwareBuild.Compile(GeneratedApplicationTests.Project(network, GeneratedApplicationTests.Golden(network, seed)).Assemblies);

    /// <summary>Every time of the log multiplied by a factor around one, 2 % standard deviation.</summary>
    private static string Noisy(string log, SeededRandom random) => Regex.Replace(log, " ticks=([0-9]+)", match =>
    {
        double factor = 1 + (0.02 * Math.Clamp(random.NextNormal(), -2, 2));
        return $" ticks={Math.Round(long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * factor).ToString(CultureInfo.InvariantCulture)}";
    });
}
