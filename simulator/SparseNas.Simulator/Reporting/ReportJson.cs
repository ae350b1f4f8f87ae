using System.Text;
using System.Text.Json;

namespace SparseNas.Simulator;

/// <summary>A report as one JSON object; keys and mnemonics mean what the conformance suite says.</summary>
public static class ReportJson
{
    /// <summary>Writes the report.</summary>
    /// <param name="report">The report.</param>
    /// <returns>Indented JSON without a final newline.</returns>
    public static string Write(SimulationReport report)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            WriteOutcome(json, report);
            WriteMemory(json, report);
            WriteTime(json, report);
            WriteLists(json, report);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void WriteOutcome(Utf8JsonWriter json, SimulationReport report)
    {
        if (report.Result is { } result) json.WriteNumber("result", result);
        else json.WriteNull("result");
        json.WriteString("exception", report.Exception);
        json.WriteStartArray("failedConstructors");
        foreach (FailedConstructor failed in report.FailedConstructors)
        {
            json.WriteStartObject();
            json.WriteString("type", failed.Type);
            json.WriteString("exception", failed.Exception);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("ilOpcodes", report.IlOpcodes);
        WriteCounts(json, "opcodeHistogram", report.OpcodeHistogram);
        json.WriteNumber("startupOpcodes", report.StartupOpcodes);
        WriteCounts(json, "startupHistogram", report.StartupHistogram);
    }

    private static void WriteMemory(Utf8JsonWriter json, SimulationReport report)
    {
        json.WriteNumber("heapBytes", report.HeapBytes);
        json.WriteNumber("heapPeakBytes", report.HeapPeakBytes);
        json.WriteNumber("heapLiveBytes", report.HeapLiveBytes);
        json.WriteNumber("largestFreeBytes", report.LargestFreeBytes);
        if (report.MinHeapBytes is { } smallest) json.WriteNumber("minHeapBytes", smallest);
        json.WriteNumber("collections", report.Collections);
        json.WriteNumber("compactions", report.Compactions);
        json.WriteNumber("peBytes", report.PeBytes);
        json.WriteNumber("ilBytes", report.IlBytes);
        json.WriteNumber("signatureBytes", report.SignatureBytes);
        json.WriteNumber("stringBytes", report.StringBytes);
        json.WriteStartObject("tables");
        foreach ((string table, int rows) in report.Tables) json.WriteNumber(table, rows);
        json.WriteEndObject();
        json.WriteNumber("ramBytesAssembly", report.RamBytesAssembly);
        json.WriteNumber("imageBytes", report.ImageBytes);
    }

    private static void WriteTime(Utf8JsonWriter json, SimulationReport report)
    {
        json.WriteNumber("armInstructions", Math.Round(report.ArmInstructions));
        WriteBand(json, "cycles", report.Cycles, 0);
        WriteBand(json, "milliseconds", report.Milliseconds, 6);
        if (report.Millijoules is { } energy) WriteBand(json, "millijoules", energy, 6);
        json.WriteBoolean("fits", report.Fits);
        json.WriteString("board", report.Board);
        json.WriteString("costTable", report.CostTable);
    }

    private static void WriteLists(Utf8JsonWriter json, SimulationReport report)
    {
        json.WriteStartArray("limits");
        foreach (Limit limit in report.Limits)
        {
            json.WriteStartObject();
            json.WriteString("name", limit.Name);
            json.WriteNumber("used", limit.Used);
            json.WriteNumber("available", limit.Available);
            json.WriteNumber("headroom", limit.Headroom);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("allocations");
        foreach (Allocation allocation in report.Allocations)
        {
            json.WriteStartObject();
            json.WriteString("type", allocation.Type);
            json.WriteNumber("objects", allocation.Objects);
            json.WriteNumber("bytes", allocation.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("heapOwners");
        foreach (HeapOwner owner in report.HeapOwners) json.WriteNumber(owner.Owner, owner.Bytes);
        json.WriteEndObject();
        json.WriteStartArray("profile");
        foreach (MethodProfile method in report.Profile)
        {
            json.WriteStartObject();
            json.WriteString("method", method.Method);
            json.WriteNumber("armInstructions", Math.Round(method.ArmInstructions));
            json.WriteNumber("cycles", Math.Round(method.Cycles));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("estimatedCosts");
        foreach (string row in report.EstimatedCosts) json.WriteStringValue(row);
        json.WriteEndArray();
        json.WriteStartArray("lines");
        foreach (LineProfile line in report.Lines)
        {
            json.WriteStartObject();
            json.WriteString("file", line.File);
            json.WriteNumber("line", line.Line);
            json.WriteString("method", line.Method);
            json.WriteNumber("armInstructions", Math.Round(line.ArmInstructions));
            json.WriteNumber("cycles", Math.Round(line.Cycles));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCounts(Utf8JsonWriter json, string key, IReadOnlyDictionary<string, long> counts)
    {
        json.WriteStartObject(key);
        foreach ((string name, long count) in counts) json.WriteNumber(name, count);
        json.WriteEndObject();
    }

    /// <summary>The expected value under the key itself, the ends of the band in an array beside it.</summary>
    private static void WriteBand(Utf8JsonWriter json, string key, Banded value, int digits)
    {
        json.WriteNumber(key, Math.Round(value.Expected, digits));
        json.WriteStartArray(key + "Band");
        json.WriteNumberValue(Math.Round(value.Low, digits));
        json.WriteNumberValue(Math.Round(value.High, digits));
        json.WriteEndArray();
    }
}
