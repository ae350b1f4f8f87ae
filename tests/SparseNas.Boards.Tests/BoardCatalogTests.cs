using SparseNas.Boards;

namespace SparseNas.Boards.Tests;

public class BoardCatalogTests
{
    private const string MinimalCost = """
        { "name": "t", "version": "1", "core": "c", "description": "d", "source": "s", "estimated": false,
          "band": { "low": 0.7, "high": 1.6 }, "machinery": { "instructionScale": 1, "cyclesPerInstruction": 1.7 },
          "opcodes": { "nop": { "instructions": 10, "cycles": 17 } } }
        """;

    public static TheoryData<string> BoardsOfTheFacts => [.. new[]
    {
        "ESP32_REV0", "ESP32_REV3", "ESP32_BLE_REV3", "ESP32_PSRAM_REV3", "M5Core2", "ESP32_S2", "ESP32_S3_QUAD", "ESP32_S3_OCTAL", "ESP32_C3",
        "ST_STM32F429I_DISCOVERY", "ST_STM32F769I_DISCOVERY", "ORGPAL_PALTHREE", "ST_NUCLEO144_F746ZG", "ST_NUCLEO64_F091RC", "NETDUINO3_WIFI",
        "MBN_QUAIL", "ST_NUCLEO64_F411RE_NF", "ST_STM32F4_DISCOVERY", "MXCHIP_AZ3166", "PICO_RP2040", "PICO_RP2040_W", "PICO2_RP2350", "SL_STK3701A",
        "TI_CC3220SF_LAUNCHXL", "NXP_MIMXRT1060_EVK", "MAX78000_FTHR",
    }];

    [Theory]
    [MemberData(nameof(BoardsOfTheFacts))]
    public void EveryBoardStatesEachFigureWithItsSource(string name)
    {
        BoardProfile board = BoardCatalog.Default.Find(name);
        foreach (Figure figure in new[] { board.ClockHz, board.RamBytes, board.ManagedHeapBytes, board.FlashBytes, board.DeploymentBytes, board.SlowHeapFactor })
        {
            Assert.True(figure.Value > 0);
            Assert.True(figure.Source.Length > 5, $"{name}: source '{figure.Source}'");
        }

        Assert.True(board.DeploymentBytes.Value < board.FlashBytes.Value);
        Assert.True(board.HeapBytes < board.RamBytes.Value);
        Assert.NotEmpty(board.CostTable.Title);
    }

    [Theory]
    [InlineData("ESP32_C3", 54472, 2031616, 160000000)]
    [InlineData("ST_STM32F429I_DISCOVERY", 8388608, 1441792, 168000000)]
    [InlineData("ORGPAL_PALX", 8388608, 1310720, 216000000)]
    [InlineData("ST_NUCLEO64_F091RC", 22688, 69632, 48000000)]
    public void FiguresAreThoseOfTheFacts(string name, long heapBytes, long deploymentBytes, long hz)
    {
        BoardProfile board = BoardCatalog.Default.Find(name);
        Assert.Equal((heapBytes, deploymentBytes, hz), (board.HeapBytes, board.DeploymentBytes.Whole, board.ClockHz.Whole));
    }

    [Fact]
    public void SmallestBoardLacksTheResourceManagerAndInlining()
    {
        BoardProfile board = BoardCatalog.Default.Find("st_nucleo64_f091rc");
        Assert.False(board.HasResourceManager);
        Assert.False(board.InlinesCalls);
        Assert.True(BoardCatalog.Default.Find("ESP32_C3").HasResourceManager);
    }

    [Fact]
    public void AVariantKeepsWhatItDoesNotState()
    {
        BoardProfile mine = BoardCatalog.Default.Load(
            """{ "name": "MINE", "inherits": "ESP32_C3", "managedHeapBytes": { "value": 40000, "accuracy": "exact", "source": "my boot log" } }""", "mine.json");
        BoardProfile parent = BoardCatalog.Default.Find("ESP32_C3");
        Assert.Equal(40000, mine.HeapBytes);
        Assert.Equal(parent.ClockHz, mine.ClockHz);
        Assert.Same(parent.CostTable, mine.CostTable);
    }

    [Fact]
    public void ACalibrationOverridesTheHeap()
    {
        Calibration calibration = Calibration.Parse("""{ "callFactor": 1.2, "managedHeapBytes": 50000, "source": "log" }""", "c.json");
        BoardProfile board = BoardCatalog.Default.Find("ESP32_C3") with { Calibration = calibration };
        Assert.Equal(50000, board.HeapBytes);
        Assert.Equal((1, 1.2), (calibration.MemoryFactor, calibration.CallFactor));
    }

    [Fact]
    public void AllMistakesOfAFileAreReportedAtOnce()
    {
        ConfigurationException e = Assert.Throws<ConfigurationException>(() => BoardCatalog.Default.Load(
            """{ "name": "M", "clokHz": 3, "floatingPoint": "quad", "ramBytes": { "value": -1, "accuracy": "sure", "source": "x" } }""", "m.json"));
        Assert.Equal(4, e.Errors.Count);
        Assert.Contains(e.Errors, error => error.StartsWith("clokHz", StringComparison.Ordinal));
        Assert.Contains(e.Errors, error => error.StartsWith("floatingPoint", StringComparison.Ordinal));
        Assert.Contains(e.Errors, error => error.StartsWith("ramBytes.value", StringComparison.Ordinal));
        Assert.Contains(e.Errors, error => error.StartsWith("ramBytes.accuracy", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{ "name": 3 }""")]
    [InlineData("""{ "name": "A", "inherits": "NOWHERE" }""")]
    [InlineData("""{ "name": "A" }""")]
    public void DamagedBoardFilesAreConfigurationErrors(string json) =>
        Assert.Throws<ConfigurationException>(() => BoardCatalog.Default.Load(json, "a.json"));

    [Fact]
    public void InheritanceInACircleIsNamed()
    {
        ConfigurationException e = Assert.Throws<ConfigurationException>(() => BoardCatalog.Parse(
            [("a", """{ "name": "A", "inherits": "B" }"""), ("b", """{ "name": "B", "inherits": "A" }""")], [("t", MinimalCost)]));
        Assert.Contains("circle", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownBoardNamesTheKnownOnes() =>
        Assert.Contains("ESP32_C3", Assert.Throws<KeyNotFoundException>(() => BoardCatalog.Default.Find("ESP32_C4")).Message, StringComparison.Ordinal);

    [Fact]
    public void CostTablesCoverTheSameOpcodesOnEveryCore()
    {
        Assert.Equal(7, BoardCatalog.Default.CostTables.Count);
        string[] opcodes = [.. BoardCatalog.Default.FindCostTable("cortex-m4f-lto").Opcodes.Keys.Order(StringComparer.Ordinal)];
        Assert.All(BoardCatalog.Default.CostTables, table => Assert.Equal(opcodes, table.Opcodes.Keys.Order(StringComparer.Ordinal)));
        Assert.All(BoardCatalog.Default.CostTables, table => Assert.True(table["mul"].Cycles < table["call"].Cycles));
        Assert.Equal(25.1, BoardCatalog.Default.FindCostTable("cortex-m4f-lto")["add"].Instructions);
        Assert.Equal(39.8, BoardCatalog.Default.FindCostTable("cortex-m4f-lto")["add"].Cycles);
    }

    [Fact]
    public void ACostTableWithSeveralMistakesNamesThemAll()
    {
        ConfigurationException e = Assert.Throws<ConfigurationException>(() => CostTable.Parse(
            MinimalCost.Replace("\"low\": 0.7", "\"low\": 2", StringComparison.Ordinal).Replace("\"instructions\": 10", "\"instructions\": 0", StringComparison.Ordinal), "t.json"));
        Assert.Equal(2, e.Errors.Count);
    }
}
