namespace SparseNas.Simulator.Tests.Conformance;

/// <summary>The real runtime is the oracle: results, executed instructions, allocations and image sizes must be exactly its own.</summary>
public class ConformanceTests
{
    /// <summary>The suite has no start-up count here: it is missing from the expected values although the case has an initialiser.</summary>
    private static readonly HashSet<string> s_startupNotMeasured = ["int_min_div_minus_one"];

    public static TheoryData<string> AllCases => [.. ConformanceCase.Names];

    public static TheoryData<string> TimedCases => [.. ConformanceCase.Names.Where(name => ConformanceCase.Open(name).Number("macs") is not null)];

    /// <summary>No exceptions, structures, native bodies or collections in the counted part.</summary>
    public static TheoryData<string> OtherTimedCases =>
    [
        "array_widening", "branch_forms", "checked_wraps", "empty", "float_basics", "instance_members", "int_div_rem", "int_shifts", "int_wrap_casts", "jagged_arrays", "locals_200",
        "many_arguments", "maxpool_2x2", "recursion", "ref_in_out", "requantise_long", "static_constructors", "static_readonly_initialisers", "switch_tables",
    ];

    [Theory]
    [MemberData(nameof(AllCases))]
    public void ResultAndExecutedOpcodesAreTheDevices(string name)
    {
        ConformanceCase expected = ConformanceCase.Open(name);
        SimulationReport report = expected.Run();
        Assert.Equal(expected.Text("exception"), report.Exception);
        Assert.Equal(expected.Number("result"), report.Result);
        Assert.Equal(expected.Counts("opcodeHistogram"), report.OpcodeHistogram);
        Assert.Equal(expected.Number("ilOpcodes"), report.IlOpcodes);
        if (expected.Number("heapBytes") is not null || expected.Text("exception") is not null || s_startupNotMeasured.Contains(name)) return;
        Assert.Equal(expected.Number("startupOpcodes") ?? 0, report.StartupOpcodes);
        Assert.Equal(expected.Counts("startupHistogram"), report.StartupHistogram);
    }

    [Theory]
    [MemberData(nameof(AllCases))]
    public void ImageAndLoaderMemoryAreTheDevices(string name)
    {
        ConformanceCase expected = ConformanceCase.Open(name);
        SimulationReport report = expected.Run();
        Assert.Equal(
            (expected.Number("peBytes"), expected.Number("ilBytes"), expected.Number("signatureBytes"), expected.Number("stringBytes"), expected.Number("ramBytesAssembly")),
            (report.PeBytes, report.IlBytes, report.SignatureBytes, report.StringBytes, report.RamBytesAssembly));
        foreach ((string table, long rows) in expected.Counts("tables")) Assert.Equal(rows, report.Tables.GetValueOrDefault(table));
    }

    [Theory]
    [MemberData(nameof(AllCases))]
    public void AllocationsAreTheDevicesToTheByte(string name)
    {
        ConformanceCase expected = ConformanceCase.Open(name);
        foreach ((string described, long bytes) in expected.Counts("heap")) Assert.Equal(bytes, HeapSizes.Of(described));
    }

    [Theory]
    [MemberData(nameof(TimedCases))]
    public void NetworksTakeTheDevicesInstructionsWithinThreePercent(string name)
    {
        ConformanceCase expected = ConformanceCase.Open(name);
        Assert.InRange(expected.Run().ArmInstructions / expected.Number("armInstructions")!.Value, 0.97, 1.03);
    }

    [Theory]
    [MemberData(nameof(OtherTimedCases))]
    public void OtherProgramsTakeTheDevicesInstructionsWithinEightPercent(string name)
    {
        ConformanceCase expected = ConformanceCase.Open(name);
        Assert.InRange(expected.Run().ArmInstructions / expected.Number("armInstructions")!.Value, 0.92, 1.08);
    }

    /// <summary>The case with the suite's driver around it: nearly always the measured size to the byte.</summary>
    [Fact]
    public void SmallestHeapsAreTheDevices()
    {
        List<(string Name, long Measured, int Predicted)> sizes =
        [
            .. ConformanceCase.Names.Select(ConformanceCase.Open).Where(known => known.Number("minHeapBytes") is not null)
                .Select(known => (known.Name, known.Number("minHeapBytes")!.Value, MinimumHeap.Find(ConformanceCase.Board, [known.Compile()])!.Value)),
        ];
        Assert.All(sizes, size => Assert.InRange(size.Predicted / (double)size.Measured, 0.98, 1.02));
        Assert.InRange(sizes.Count(size => Math.Abs(size.Predicted - size.Measured) <= 24), (int)Math.Ceiling(sizes.Count * 0.9), sizes.Count);
        Assert.InRange(sizes.Count(size => size.Predicted == size.Measured), sizes.Count - 1, sizes.Count);
    }
}
