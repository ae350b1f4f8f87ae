using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Reporting;

/// <summary>Makes a report from what the machine counted.</summary>
internal static class ReportBuilder
{
    public static SimulationReport Build(SimulatedDevice device, ReportParts parts, long? result, string? exception)
    {
        DeviceHeap heap = parts.Machine.Heap;
        int peakBytes = heap.PeakUsedBytes;
        heap.Collect();
        List<ImageFacts> images = [.. parts.Types.Assemblies.Select(assembly => assembly.Facts)];
        ImageFacts application = images.Count > 0 ? images[^1] : new ImageFacts("", new Dictionary<string, int>(), 0, 0, 0, 0, 0);
        int imageBytes = BootSequence.CoreLibraryPeBytes + PackageLibrary.UsedBy(parts.Types.Assemblies).Sum(library => Up4(library.PeBytes))
            + images.Sum(image => Up4(image.PeBytes));
        CostSum cost = parts.Run.Cost;
        Banded cycles = new(cost.Cycles, cost.Cycles * parts.Costs.Table.BandLow, cost.Cycles * parts.Costs.Table.BandHigh);
        Banded milliseconds = Times(cycles, 1000 / device.Board.ClockHz.Value);
        List<Limit> limits =
        [
            new("managedHeapBytes", peakBytes, heap.SizeBytes),
            new("deploymentBytes", imageBytes, device.Board.DeploymentBytes.Whole),
            .. images.SelectMany(AssemblyLimits),
        ];
        return new SimulationReport
        {
            Result = result,
            Exception = exception,
            IlOpcodes = parts.Run.IlOpcodes,
            OpcodeHistogram = Histogram(parts.Run),
            StartupOpcodes = parts.Startup.IlOpcodes,
            StartupHistogram = Histogram(parts.Startup),
            HeapPeakBytes = peakBytes,
            HeapLiveBytes = heap.UsedBytes,
            LargestFreeBytes = heap.LargestFreeBytes(),
            HeapBytes = heap.SizeBytes,
            Collections = heap.Collections - 1,
            Compactions = heap.Compactions,
            PeBytes = application.PeBytes,
            IlBytes = application.IlBytes,
            SignatureBytes = application.SignatureBytes,
            StringBytes = application.StringBytes,
            Tables = application.Tables,
            RamBytesAssembly = application.LoaderRamBytes,
            ImageBytes = imageBytes,
            ArmInstructions = cost.ArmInstructions,
            Cycles = cycles,
            Milliseconds = milliseconds,
            Millijoules = device.Board.ActiveMilliwatts is { } power ? Times(milliseconds, power.Value / 1000) : null,
            FailedConstructors = parts.FailedConstructors,
            Fits = limits.TrueForAll(limit => limit.Fits) && exception != DeviceThrow.OutOfMemoryName && parts.FailedConstructors.All(failed => failed.Exception != DeviceThrow.OutOfMemoryName),
            Limits = limits,
            CostTable = parts.Costs.Table.Title,
            Board = device.Board.Name,
            Allocations = [.. parts.Machine.Counters.Allocations.Select(pair => new Allocation(pair.Key, pair.Value.Objects, pair.Value.Bytes)).OrderByDescending(entry => entry.Bytes)],
            HeapOwners = Owners(parts),
            Profile = [.. parts.Run.ByMethod.Select(pair => new MethodProfile(pair.Key.FullName, pair.Value.ArmInstructions, pair.Value.Cycles)).Where(entry => entry.Cycles > 0).OrderByDescending(entry => entry.Cycles)],
            EstimatedCosts = parts.Costs.EstimatedRows,
            Lines =
            [
                .. parts.Run.ByLine.Where(pair => pair.Value.Cycles > 0).OrderByDescending(pair => pair.Value.Cycles)
                    .Select(pair => new LineProfile(pair.Key.Line.File, pair.Key.Line.Line, pair.Key.Method.FullName, pair.Value.ArmInstructions, pair.Value.Cycles)),
            ],
            Timeline = [.. parts.Timeline.Points.Select(point => new HeapPoint(point.Opcodes, point.UsedBytes, point.MachineryBytes))],
            FoldedStacks = new SortedDictionary<string, long>(parts.StackSamples.ToDictionary(), StringComparer.Ordinal),
        };
    }

    private static Banded Times(Banded value, double factor) => new(value.Expected * factor, value.Low * factor, value.High * factor);

    private static int Up4(int bytes) => (bytes + 3) & ~3;

    private static SortedDictionary<string, long> Histogram(ExecutionTotals totals)
    {
        SortedDictionary<string, long> histogram = new(StringComparer.Ordinal);
        for (int opcode = 0; opcode < totals.Opcodes.Length; opcode++)
        {
            if (totals.Opcodes[opcode] != 0) histogram[IlOpcodes.Name(opcode)] = totals.Opcodes[opcode];
        }

        return histogram;
    }

    /// <summary>Limits of one image (nanoframework-facts, section 4.2); those far away are left out.</summary>
    private static IEnumerable<Limit> AssemblyLimits(ImageFacts image)
    {
        yield return new Limit($"{image.Name} ilBytes", image.IlBytes, 65_535);
        yield return new Limit($"{image.Name} signatureBytes", image.SignatureBytes, 65_535);
        yield return new Limit($"{image.Name} stringBytes", image.StringBytes, 65_535);
    }

    /// <summary>Objects that a static field holds are named after it; the rest goes by what it is.</summary>
    private static unsafe List<HeapOwner> Owners(ReportParts parts)
    {
        DeviceHeap heap = parts.Machine.Heap;
        Dictionary<int, string> fields = [];
        foreach (StaticField field in parts.Types.Statics.Where(field => field.Type.Storage is Storage.Ref or Storage.Struct))
        {
            int reference = (int)*parts.Machine.StaticSlot(field.Index);
            if (reference > 0) fields.TryAdd(reference, field.FullName);
        }

        Dictionary<string, long> bytes = new(StringComparer.Ordinal) { ["runtime"] = heap.SizeBytes - heap.TotalBytes };
        heap.Walk(at =>
        {
            string owner = heap.Kind(at) switch
            {
                BlockKind.Free => "",
                BlockKind.Frame or BlockKind.Cached => "frames",
                BlockKind.Runtime => "runtime",
                BlockKind.Assembly => "assembly tables",
                _ when fields.TryGetValue(at, out string? field) => field,
                _ => parts.Machine.TypeOf(at).FullName,
            };
            if (owner.Length > 0) bytes[owner] = bytes.GetValueOrDefault(owner) + HeapLayout.BytesOf(heap.Blocks(at));
        });
        return [.. bytes.Select(pair => new HeapOwner(pair.Key, pair.Value)).OrderByDescending(owner => owner.Bytes)];
    }
}
