using System.CommandLine;
using System.Globalization;
using SparseNas.Networks;
using SparseNas.Search;
using SparseNas.Training;

namespace SparseNas.Cli.Commands;

/// <summary><c>sparsenas scale</c>: an architecture grown or shrunk in depth, width and resolution together, by φ or to a budget.</summary>
internal static class ScaleCommand
{
    public static Command Create(CommandContext context)
    {
        var line = new Argument<string>("ARCHITECTURE") { Description = "One line as `front` prints it, such as \"down2 | conv3x8 bn max2 | conv3x12 bn | gap\"." };
        var input = new Option<string>("--input") { Description = "Shape of one sample.", DefaultValueFactory = _ => "28x28x1", HelpName = "HxWxC" };
        var classes = new Option<int>("--classes") { Description = "Number of classes.", DefaultValueFactory = _ => 10, HelpName = "N" };
        var phi = new Option<double?>("--phi") { Description = "Depth grows by 1.2^PHI, width by 1.1^PHI, resolution by 1.15^PHI; below 0 they shrink.", HelpName = "PHI" };
        var parameters = new Option<int?>("--parameters") { Description = "Instead of --phi: the largest network within so many parameter bytes …", HelpName = "BYTES" };
        var memory = new Option<int?>("--memory") { Description = "… and within so much working memory …", HelpName = "BYTES" };
        var macs = new Option<long?>("--macs") { Description = "… and within so many multiply-accumulates.", HelpName = "N" };
        Option<bool> json = CommandContext.JsonOption();
        var command = new Command("scale", "Grows or shrinks an architecture in depth, width and resolution together: by --phi, or as far as a budget allows.")
        {
            line, input, classes, phi, parameters, memory, macs, json,
        };
        command.SetAction(parsed =>
        {
            Terminal terminal = context.Terminal(parsed);
            (Blueprint? blueprint, string? problem) = BlueprintText.Read(parsed.GetRequiredValue(line));
            if (blueprint is null) throw new UsageException($"ARCHITECTURE: {problem}.");
            var job = new Job(blueprint, ShapeOf(parsed.GetValue(input)!), parsed.GetValue(classes), new Budget(parsed.GetValue(parameters), parsed.GetValue(memory), parsed.GetValue(macs)));
            if (job.Classes < 2) throw new UsageException($"--classes: at least 2 must hold, but got {job.Classes}.");
            ScaledBlueprint result = Scale(job, parsed.GetValue(phi));
            Print(terminal, parsed.GetValue(json), job.At(0)!, result);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>What to scale.</summary>
    private sealed record Job(Blueprint Blueprint, Shape Input, int Classes, Budget Budget)
    {
        /// <summary>Fresh and unpruned: what the figures are forecast for.</summary>
        public Candidate Candidate => new() { Blueprint = Blueprint, Training = new TrainingOptions(), Pruning = PruningChoice.None, Origin = "scale" };

        public ScaledBlueprint? At(double phi) => CompoundScaling.TryScale(Blueprint, phi, Candidate, Input, Classes);
    }

    /// <summary>What the network may take; null without a limit.</summary>
    private sealed record Budget(int? ParameterBytes, int? WorkingMemoryBytes, long? Macs)
    {
        public bool IsOpen => ParameterBytes is null && WorkingMemoryBytes is null && Macs is null;

        public bool Holds(Forecast forecast) =>
            !(forecast.ParameterBytes > ParameterBytes) && !(forecast.WorkingMemoryPeakBytes > WorkingMemoryBytes) && !(forecast.Macs > Macs);

        public override string ToString() => string.Join(
            ", ", new[] { ParameterBytes is { } p ? $"parameters <= {p} B" : null, WorkingMemoryBytes is { } m ? $"working memory <= {m} B" : null, Macs is { } n ? $"MACs <= {n}" : null }
                .Where(text => text is not null));
    }

    private static ScaledBlueprint Scale(Job job, double? phi)
    {
        if (phi is null == job.Budget.IsOpen)
        {
            throw new UsageException("Say how far: either --phi, or a budget by --parameters, --memory or --macs.");
        }

        job.Blueprint.ToArchitecture("scale", job.Input, job.Classes);   // what does not fit is refused with its law
        if (phi is { } exponent)
        {
            if (!(Math.Abs(exponent) <= CompoundScaling.LargestPhi)) throw new UsageException($"--phi: -{CompoundScaling.LargestPhi} to {CompoundScaling.LargestPhi} must hold, but got {Units.Plain(exponent)}.");
            return job.At(exponent)
                ?? throw new NothingFitsException($"Scaled by {Units.Plain(exponent)}, '{CompoundScaling.Scale(job.Blueprint, exponent, job.Input)}' does not fit an input of {job.Input} any more.");
        }

        return CompoundScaling.Under(job.Blueprint, job.Candidate, job.Input, job.Classes, job.Budget.Holds)
            ?? throw new NothingFitsException(
                $"No scaling of '{job.Blueprint}' keeps {job.Budget}; scaled by {Units.Plain(-CompoundScaling.LargestPhi)} it "
                + (job.At(-CompoundScaling.LargestPhi) is { } least
                    ? $"still takes {least.Forecast.ParameterBytes} B of parameters, {least.Forecast.WorkingMemoryPeakBytes} B of working memory and {least.Forecast.Macs} MACs."
                    : "does not fit the input."));
    }

    private static Shape ShapeOf(string text)
    {
        string[] parts = text.Split('x');
        int[] numbers = [.. parts.Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and <= 4096 ? number : 0)];
        return numbers.Length == 3 && !numbers.Contains(0)
            ? new Shape(numbers[0], numbers[1], numbers[2]) : throw new UsageException($"--input: height, width and channels are needed, such as 28x28x1, but got '{text}'.");
    }

    private static void Print(Terminal terminal, bool json, ScaledBlueprint before, ScaledBlueprint after)
    {
        if (json)
        {
            JsonOutput.Write(terminal, new { before = Describe(before), after = Describe(after) });
            return;
        }

        var table = new TextTable("phi", "parameters", "memory", "MACs", "architecture") { Words = [4] };
        foreach (ScaledBlueprint row in new[] { before, after })
        {
            table.Add(
                Units.Plain(row.Phi), Units.Bytes(row.Forecast.ParameterBytes), Units.Bytes(row.Forecast.WorkingMemoryPeakBytes), Units.Grouped(row.Forecast.Macs),
                row.Blueprint.ToString());
        }

        terminal.Write(table);
        terminal.Note("The figures are the least it can cost. A study tries it first when the line stands in its \"start\".");
    }

    private static object Describe(ScaledBlueprint scaled) => new
    {
        scaled.Phi,
        architecture = scaled.Blueprint.ToString(),
        scaled.Forecast.ParameterBytes,
        scaled.Forecast.WorkingMemoryPeakBytes,
        scaled.Forecast.Macs,
    };
}
