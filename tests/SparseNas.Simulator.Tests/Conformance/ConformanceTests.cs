namespace SparseNas.Simulator.Tests.Conformance;

/// <summary>The real runtime is the oracle: results, executed instructions, allocations and image sizes must be exactly its own.</summary>
public class ConformanceTests
{
    public static TheoryData<string> Cases => [.. ConformanceCase.Names.Except(["oom_fill_heap"])];

    [Theory]
    [MemberData(nameof(Cases))]
    public void ResultAndExecutedOpcodesAreTheDevices(string name)
    {
        ConformanceCase expected = ConformanceCase.Open(name);
        SimulationReport report = expected.Run();
        Assert.Equal(expected.Text("exception"), report.Exception);
        Assert.Equal(expected.Number("result"), report.Result);
        Assert.Equal(expected.Counts("opcodeHistogram"), report.OpcodeHistogram);
        Assert.Equal(expected.Number("ilOpcodes"), report.IlOpcodes);
    }
}
