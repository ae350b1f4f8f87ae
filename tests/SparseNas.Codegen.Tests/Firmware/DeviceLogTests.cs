using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using SparseNas.Boards;
using SparseNas.Codegen.Firmware;
using SparseNas.Networks;

namespace SparseNas.Codegen.Tests.Firmware;

public class DeviceLogTests
{
    private const string Whole =
        """
        Device boot v1.17
        SPARSENAS BEGIN format=1 model=mnist vectors=2 classes=10 .
        SPARSENAS HEAP at=start free=48320 .
        SPARSENAS GOLDEN index=0 result=ok class=7 expected=7 sum=-1532341 .
        SPARSENAS GOLDEN index=1 result=FAIL class=3 expected=5 sum=88123 reason=logits different=1 logit=2 got=-33 want=41 .
        SPARSENAS TIME inferences=2 ticks=400000 readingTicks=100000 .
        SPARSENAS PROBE name=calls rounds=20 ticks=1000000 .
        SPARSENAS HEAP at=end free=47900 .
        SPARSENAS DONE passed=1 failed=1 .

        """;

    [Fact]
    public void A_whole_log_tells_everything()
    {
        DeviceLog log = DeviceLog.Parse(Whole);

        DeviceRun run = Assert.Single(log.Runs);
        Assert.Empty(log.DamagedLines);
        Assert.True(run.IsComplete);
        Assert.Equal("mnist", run.Model);
        Assert.Equal(1, run.Passed);
        Assert.Equal(new GoldenResult(0, true, -1532341, ""), run.Golden[0]);
        Assert.Contains("logit=2", run.Golden[1].Detail);
        Assert.Equal(48320, run.HeapFreeBytes["start"]);
        Assert.Equal(15.0, run.Timing!.InferenceMilliseconds);
        Assert.Equal(5.0, run.Probes["calls"].RoundMilliseconds);
    }

    [Fact]
    public void A_terminals_prefix_and_carriage_returns_do_no_harm()
    {
        string log = string.Join("\r\n", Whole.Split('\n').Select(line => "[12:00:01] " + line));

        Assert.True(DeviceLog.Parse(log).Best!.IsComplete);
    }

    [Fact]
    public void Cut_anywhere_a_log_never_throws_and_tells_what_came_before_the_cut()
    {
        for (int length = 0; length <= Whole.Length; length++)
        {
            DeviceLog log = DeviceLog.Parse(Whole[..length]);
            Assert.True(log.Runs.Length <= 1);
            Assert.All(log.Best?.Golden ?? [], result => Assert.Contains(result.Sum, new int?[] { -1532341, 88123 }));
            if (length > 200) Assert.Equal(48320, log.Best!.HeapFreeBytes["start"]);
        }
    }

    [Fact]
    public void After_a_reboot_the_whole_run_counts()
    {
        DeviceLog log = DeviceLog.Parse(Whole[..300] + "\nboot\n" + Whole + Whole[..250]);

        Assert.Equal(3, log.Runs.Length);
        Assert.True(log.Best!.IsComplete);
        Assert.Same(log.Runs[1], log.Best);
    }

    [Theory]
    [InlineData("SPARSENAS GOLDEN index=0 result=maybe sum=1 .")]
    [InlineData("SPARSENAS HEAP at=start free=many .")]
    [InlineData("SPARSENAS HEAP at=start free=99999999999999999999 .")]
    [InlineData("SPARSENAS TIME inferences=2 .")]
    [InlineData("SPARSENAS DONE passed=5 failed=5 .")]
    [InlineData("SPARSENAS GOLDEN index=99999999999 result=ok sum=1 .")]
    [InlineData("SPARSENAS WHAT x=1 .")]
    [InlineData("SPARSENAS HEAP at= .")]
    [InlineData("SPARSENAS HEAP at=start free=48")]
    public void Damaged_lines_are_counted_and_passed_over(string line)
    {
        DeviceLog log = DeviceLog.Parse(Whole + line + "\n");

        Assert.Equal(10, Assert.Single(log.DamagedLines));
        Assert.True(log.Best!.IsComplete);
    }

    [Fact]
    public void Verification_names_wrong_and_missing_outputs_and_compares_figures()
    {
        DeviceRun measured = DeviceLog.Parse(Whole).Best!;
        string right = Whole.Replace("index=1 result=FAIL", "index=1 result=ok").Replace("sum=-1532341", "sum=5").Replace("free=48320", "free=40000");
        DeviceRun predicted = DeviceLog.Parse(right.Replace("passed=1 failed=1", "passed=2 failed=0")).Best!;

        DeviceVerification verification = DeviceVerification.Compare(measured, predicted);

        Assert.False(verification.OutputsAgree);
        Assert.Equal(2, verification.WrongOutputs.Length);
        Assert.Equal("golden vector 0: the logits sum to -1532341, in the simulator to 5", verification.WrongOutputs[0]);
        Assert.Equal("golden vector 1: one logit is wrong, 2: -33 instead of 41; that points to a weight or bias of the last layer", verification.WrongOutputs[1]);
        Assert.Equal(0, verification.MissingOutputs);
        Assert.Equal(0.208, verification.Figures.Single(figure => figure.What == "free heap at start").RelativeDifference, 3);
        Assert.Equal(1, DeviceVerification.Compare(DeviceLog.Parse(Whole[..300]).Best!, predicted).MissingOutputs);
    }

    [Fact]
    public void Logs_of_different_models_are_not_compared()
    {
        DeviceRun one = DeviceLog.Parse(Whole).Best!;
        DeviceRun other = DeviceLog.Parse(Whole.Replace("model=mnist", "model=kmnist")).Best!;

        Assert.Contains("'kmnist'", Assert.Throws<ArgumentException>(() => DeviceVerification.Compare(one, other)).Message);
    }

    /// <summary>
    /// Boards that differ from the simulator in all four costs, each drawn from 0.5 .. 2, with 2 % noise on every time: the calibration from one
    /// program's log must predict another program's time.
    /// </summary>
    [Fact]
    public void A_calibration_from_one_log_predicts_another_programs_time_within_5_percent()
    {
        var random = new SeededRandom(17);
        double worst = 0;
        for (int trial = 0; trial < 200; trial++)
        {
            Calibration truth = new(0.5 + (1.5 * random.NextDouble()), 0.5 + (1.5 * random.NextDouble()), 0.5 + (1.5 * random.NextDouble()), 0.5 + (1.5 * random.NextDouble()), null, "truth");
            double Noise() => 1 + (0.02 * Math.Clamp(random.NextNormal(), -2, 2));
            DeviceRun measured = Simulate([9, 2, 6, 0.2], truth, Noise);

            Calibration fitted = CalibrationFit.Fit(measured, calibration => Simulate([9, 2, 6, 0.2], calibration, () => 1), 54472, "log");

            double expected = Simulate([30, 3, 11, 0.5], truth, () => 1).Timing!.InferenceMilliseconds;
            double predicted = Simulate([30, 3, 11, 0.5], fitted, () => 1).Timing!.InferenceMilliseconds;
            worst = Math.Max(worst, Math.Abs((predicted / expected) - 1));
        }

        Assert.InRange(worst, 0, 0.05);
    }

    [Fact]
    public void What_a_cut_log_leaves_open_stays_at_one()
    {
        DeviceRun whole = Simulate([9, 2, 6, 0.2], Calibration.None with { InstructionFactor = 1.5 }, () => 1);
        DeviceRun cut = whole with { Timing = null, Probes = whole.Probes.Remove("collections").Remove("calls") };

        Calibration fitted = CalibrationFit.Fit(cut, calibration => Simulate([9, 2, 6, 0.2], calibration, () => 1), 54472, "log");

        Assert.Equal(1.5, fitted.InstructionFactor, 2);
        Assert.Equal(1, fitted.CollectionFactor, 2);
        Assert.Throws<ArgumentException>(() => CalibrationFit.Fit(
            cut with { Probes = cut.Probes.Clear() }, calibration => Simulate([9, 2, 6, 0.2], calibration, () => 1), 54472, "log"));
    }

    [Fact]
    public void A_calibrated_board_is_a_board_file_that_refines_the_shipped_one()
    {
        Calibration calibration = new(1.25, 0.5, 2, 1.125, 51000, "log of a \"board\"");

        BoardProfile board = BoardCatalog.Default.Load(CalibrationFit.ToBoardJson("ESP32_C3", calibration), "measured.json");

        Assert.Equal("ESP32_C3", board.Name);
        Assert.Equal(calibration, board.Calibration);
        Assert.Equal(51000, board.HeapBytes);
        Assert.Equal(BoardCatalog.Default.Find("ESP32_C3").ClockHz, board.ClockHz);
    }

    /// <summary>A program whose inference takes these milliseconds of instructions, calls, memory and collections on an uncalibrated board.</summary>
    private static DeviceRun Simulate(double[] inferenceParts, Calibration calibration, Func<double> noise)
    {
        double[][] probeParts = [[2.4, 0.05, 0.1, 0], [1.1, 0.05, 3.2, 0], [0.7, 3.9, 0.2, 0], [0.1, 0.6, 0, 5.5]];
        string[] names = ["arithmetic", "memory", "calls", "collections"];
        double[] factors = [calibration.InstructionFactor, calibration.CallFactor, calibration.MemoryFactor, calibration.CollectionFactor];
        double Time(double[] parts) => parts.Zip(factors, (part, factor) => part * factor).Sum() * noise();
        string Ticks(double milliseconds) => ((long)Math.Round(milliseconds * 10_000)).ToString(CultureInfo.InvariantCulture);

        var text = new StringBuilder("SPARSENAS BEGIN format=1 model=m vectors=4 classes=2 .\nSPARSENAS HEAP at=start free=40000 .\n");
        text.Append(CultureInfo.InvariantCulture, $"SPARSENAS TIME inferences=4 ticks={Ticks((4 * Time(inferenceParts)) + 3)} readingTicks={Ticks(3)} .\n");
        for (int probe = 0; probe < names.Length; probe++)
        {
            text.Append(CultureInfo.InvariantCulture, $"SPARSENAS PROBE name={names[probe]} rounds=40 ticks={Ticks(40 * Time(probeParts[probe]))} .\n");
        }

        return DeviceLog.Parse(text.ToString()).Best!;
    }
}
