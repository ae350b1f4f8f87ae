using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using SparseNas.Cli.Studies;
using SparseNas.Codegen.Costs;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Search;

namespace SparseNas.Cli.Commands;

/// <summary><c>sparsenas plan</c>: where a network's activations lie while it runs, beside what other ways of running would need.</summary>
internal static class PlanCommand
{
    public static Command Create(CommandContext context)
    {
        var source = new Argument<string>("NETWORK") { Description = "A study's folder, such as runs/quickstart, or an architecture.json (docs/architecture-files.md)." };
        var trial = new Option<int?>("--trial") { Description = "Of a study: the trial, by its number in the front.", HelpName = "N" };
        Option<FrontPick?> pick = ChoiceOption.Create<FrontPick>("--pick", "Or a member of its front: the best in one respect, or the knee (the default).");
        var svg = new Option<string?>("--svg") { Description = "Also draws the arena into a file.", HelpName = "FILE" };
        Option<bool> json = CommandContext.JsonOption();
        var command = new Command("plan", "Shows a network's working memory: bounds, plan and a picture of the arena.") { source, trial, pick, svg, json };
        command.SetAction(parsed =>
        {
            Terminal terminal = context.Terminal(parsed);
            Planned planned = Plan(parsed.GetRequiredValue(source), parsed.GetValue(trial), parsed.GetValue(pick));
            if (parsed.GetValue(svg) is { } path)
            {
                byte[] picture = Encoding.UTF8.GetBytes(PlanPicture.Svg(planned.Graph, planned.Report.Plan));
                AtomicFile.Write(path, stream => stream.Write(picture));
            }

            if (parsed.GetValue(json)) JsonOutput.Write(terminal, Describe(planned));
            else Print(terminal, planned);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>A network's memory.</summary>
    /// <param name="Graph">Its operators.</param>
    /// <param name="Report">All figures.</param>
    /// <param name="Cost">Of the code that the plan's locals belong to; null for an architecture, which has none.</param>
    private sealed record Planned(OperatorGraph Graph, MemoryReport Report, ModelCost? Cost)
    {
        /// <summary>Cycles that moving rows adds to those of the operators; the plan computes nothing twice.</summary>
        public double? CyclesOfRows => Cost?.Steps.Where(step => step.Operators.IsEmpty).Sum(step => step.Cycles);
    }

    private static Planned Plan(string source, int? trial, FrontPick? pick)
    {
        if (File.Exists(source))
        {
            if (trial is not null || pick is not null) throw new UsageException("--trial and --pick choose from a study's folder; an architecture file is one network.");
            OperatorGraph graph = OperatorGraph.From(ArchitectureJson.Read(File.ReadAllText(source)));
            ImmutableArray<int> weights = [.. graph.Operators.Select(op => ParameterCount.Of(graph.Architecture, op.NodeIndex)).Select(count => count.Weights + count.Biases)];
            return new Planned(graph, MemoryReport.Of(graph, weights, MemoryPlanner.Plan(graph)), null);
        }

        StudyRecord record = StudyFolder.Read(source);
        Trial chosen = DeployCommand.Choose(record, trial, pick);
        QuantizedNetwork network = record.LoadQuantized(chosen.Number);
        EmissionBudget scored = EmissionBudget.Unlimited with { WorkingMemoryBytes = chosen.Score!.WorkingMemoryPeakBytes };
        CodeChoice code = CodeChoice.Make(
            network, EmissionGoal.Auto, record.Study.Board is { } board ? BoardOption.Resolve(board).CostTable : CodeChoice.DefaultCosts, scored);
        return new Planned(network.Graph, MemoryReport.Of(network.Graph, [.. PackedSize.Of(network).Operators.Select(op => op.L0)], code.Plan), code.Cost);
    }

    private static object Describe(Planned planned) => new
    {
        planned.Report.Sparse.Wm1Elements,
        planned.Report.Sparse.Wm2Elements,
        planned.Report.Bounds.MaterialisedBytes,
        planned.Report.Bounds.OverlappedBytes,
        planned.Report.Bounds.StreamedBytes,
        planned.Report.WholeImageBytes,
        planned.Report.Plan.ArenaBytes,
        planned.Report.Plan.LocalBytes,
        workingMemoryPeakBytes = planned.Report.Plan.PeakBytes,
        planned.Report.Plan.OrderMethod,
        planned.Report.Plan.HasBestOffsets,
        planned.Report.Plan.RowOperators,
        operators = planned.Graph.Operators.Length,
        cycles = planned.Cost?.Cycles,
        planned.CyclesOfRows,
        buffers = planned.Report.Plan.RowBuffers.Concat(planned.Report.Plan.Buffers).Where(buffer => buffer.SizeBytes > 0).Select(buffer => new
        {
            tensor = buffer.Tensor < 0 ? "input" : planned.Graph.Operators[buffer.Tensor].Name, buffer.OffsetBytes, buffer.SizeBytes, buffer.FirstStep, buffer.LastStep,
        }),
    };

    private static void Print(Terminal terminal, Planned planned)
    {
        (MemoryReport report, MemoryPlan plan) = (planned.Report, planned.Report.Plan);
        var table = new TextTable("figure", "amount", "what it is") { Words = [0, 2] };
        table.Add("WM1", $"{Units.Grouped(report.Sparse.Wm1Elements)}", "elements: input and weights of the largest layer (SpArSe)");
        table.Add("WM2", $"{Units.Grouped(report.Sparse.Wm2Elements)}", "elements: input and output of the largest layer (SpArSe)");
        table.Add("materialised", Units.Bytes(report.Bounds.MaterialisedBytes), "bound: inputs and output of the largest layer side by side");
        table.Add("overlapped", Units.Bytes(report.Bounds.OverlappedBytes), "bound: outputs over what is consumed of the inputs");
        table.Add("streamed", Units.Bytes(report.Bounds.StreamedBytes), "bound: the rows alone that windows keep");
        table.Add("whole image", Units.Bytes(report.WholeImageBytes), "the best arena that holds the whole image");
        table.Add("arena", Units.Bytes(plan.ArenaBytes), $"the plan: {plan.RowOperators} of {planned.Graph.Operators.Length} operators by rows; order {Sure(plan.OrderMethod)}, offsets {(plan.HasBestOffsets ? "proved best" : "the best found")}");
        if (planned.Cost is { } cost)
        {
            table.Add("locals", Units.Bytes(plan.LocalBytes), "values that the code keeps in local variables, 12 bytes each");
            table.Add("peak", Units.Bytes(plan.PeakBytes), "working memory: arena and locals");
            if (planned.CyclesOfRows is > 0 and { } cycles) table.Add("added cycles", $"{Units.Grouped((long)cycles)}", $"moving rows, {100 * cycles / cost.Cycles:0.0} % of the inference; nothing is computed twice");
        }

        terminal.Write(table);
        terminal.WriteLine();
        terminal.Write(PlanPicture.Ascii(planned.Graph, plan));
    }

    private static string Sure(OrderMethod method) => method switch
    {
        OrderMethod.OnlyOne => "the only one",
        OrderMethod.Exact => "proved best",
        OrderMethod.Heuristic => "the best found",
        _ => throw new InvalidOperationException($"Order method {method} is not handled here."),
    };
}
