using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Reporting;

/// <summary>Everything that a report is made from.</summary>
internal sealed record ReportParts(
    Interpreter Machine, TypeSystem Types, IReadOnlyList<(string Name, ReadOnlyMemory<byte> Bytes)> Images, ExecutionTotals Run, ExecutionTotals Startup,
    UsageTimeline Timeline, IReadOnlyDictionary<string, long> StackSamples, CostModel Costs, IReadOnlyList<FailedConstructor> FailedConstructors);
