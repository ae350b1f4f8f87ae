using System.Text;
using System.Text.Json;
using SparseNas.Boards;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Firmware;
using SparseNas.Simulator;

namespace SparseNas.Pipeline.Tests;

/// <summary><c>verify</c> with a log from a simulated board that is slower than its profile says.</summary>
public class VerifyTests
{
    private static readonly string Example = Path.Combine(SharedFiles.RepositoryRoot, "firmware", "examples", "glyphs");

    private static string LogOf(Calibration truth)
    {
        var console = new StringBuilder();
        using var device = new SimulatedDevice(BoardCatalog.Default.Find("ESP32_C3") with { Calibration = truth }) { Console = text => console.Append(text) };
        foreach (CompiledFirmware assembly in FirmwareBuild.Compile(FirmwareProjectReader.Read(Example))) device.Load(assembly.Image);
        device.SerialInput([]);   // after its self-test the program waits for images: with no more to come, that is its end
        device.RunMain();
        return console.ToString();
    }

    [Fact]
    public void The_log_of_a_slower_board_becomes_a_board_file_that_predicts_it()
    {
        using var folder = new TemporaryFolder();
        string log = folder.File("board.log"), measured = folder.File("measured.json");
        File.WriteAllText(log, LogOf(new Calibration(1.3, 1.6, 0.8, 1.2, 48_000, "truth")));

        SparseNasProcess.Result result = SparseNasProcess.Run("verify", Example, "--log", log, "--out", measured, "--json");

        Assert.True(result.ExitCode == 0, result.Error);
        using JsonDocument report = JsonDocument.Parse(result.Output);
        Assert.True(report.RootElement.GetProperty("outputsAgree").GetBoolean());
        JsonElement calibration = report.RootElement.GetProperty("calibration");
        Assert.Equal(1.3, calibration.GetProperty("instructionFactor").GetDouble(), 1);
        Assert.Equal(1.6, calibration.GetProperty("callFactor").GetDouble(), 1);
        Assert.Equal(0.8, calibration.GetProperty("memoryFactor").GetDouble(), 1);
        Assert.InRange(calibration.GetProperty("managedHeapBytes").GetInt64(), 47_990, 48_010);
        BoardProfile board = BoardCatalog.Default.Load(File.ReadAllText(measured), measured);
        DeviceVerification again = DeviceVerification.Compare(DeviceLog.Parse(File.ReadAllText(log)).Best!, DeviceLog.Parse(LogOf(board.Calibration)).Best!);
        Assert.All(again.Figures, figure => Assert.InRange(figure.RelativeDifference, -0.03, 0.03));
    }

    [Fact]
    public void Wrong_outputs_are_exit_code_1_and_what_is_no_log_is_an_error()
    {
        using var folder = new TemporaryFolder();
        string wrong = folder.File("wrong.log"), none = folder.File("none.log");
        File.WriteAllText(wrong, LogOf(Calibration.None).Replace("index=3 result=ok", "index=3 result=FAIL reason=logits different=1 logit=4 got=1 want=2"));
        File.WriteAllText(none, "hello\n");

        SparseNasProcess.Result result = SparseNasProcess.Run("verify", Example, "--log", wrong);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("golden vector 3", result.Output);
        Assert.Equal(1, SparseNasProcess.Run("verify", Example, "--log", none).ExitCode);
        Assert.Equal(2, SparseNasProcess.Run("verify", Example, "--log", folder.File("missing.log")).ExitCode);
    }
}
