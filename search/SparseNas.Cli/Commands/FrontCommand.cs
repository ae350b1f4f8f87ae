using System.CommandLine;
using SparseNas.Cli.Studies;
using SparseNas.Search;
using SparseNas.Training.Data;

namespace SparseNas.Cli.Commands;

/// <summary><c>sparsenas front</c>: the Pareto front of a study, while it runs too.</summary>
internal static class FrontCommand
{
    public static Command Create(CommandContext context)
    {
        var folder = new Argument<string>("DIR") { Description = "The study's folder, such as runs/quickstart." };
        var test = new Option<bool>("--test") { Description = "Add the error on test data: the only place where it is touched." };
        Option<string?> data = CommandContext.DataOption();
        Option<bool> json = CommandContext.JsonOption();
        var csv = new Option<bool>("--csv") { Description = "Comma-separated values on standard output." };
        var command = new Command("front", "The Pareto front of a study.") { folder, test, data, json, csv };
        command.SetAction(parsed =>
        {
            Terminal terminal = context.Terminal(parsed);
            if (parsed.GetValue(json) && parsed.GetValue(csv)) throw new UsageException("--json and --csv exclude each other.");
            StudyRecord record = StudyFolder.Read(parsed.GetRequiredValue(folder));
            Dataset? dataset = FindDataset(record, parsed.GetValue(data), parsed.GetValue(test), terminal);
            IReadOnlyList<FrontRow> rows = FrontRow.Of(record, dataset, parsed.GetValue(test), terminal, context.Time);
            if (parsed.GetValue(json)) JsonOutput.Write(terminal, rows);
            else if (parsed.GetValue(csv)) FrontTable.PrintCsv(terminal, rows);
            else FrontTable.Print(terminal, record, rows);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Without the data the front is shown as far as it is known; only test accuracy needs it.</summary>
    private static Dataset? FindDataset(StudyRecord record, string? folder, bool isNeeded, Terminal terminal)
    {
        try
        {
            return DatasetCatalog.Load(record.Study.Dataset.Name, folder);
        }
        catch (DatasetException exception) when (!isNeeded && folder is null)
        {
            terminal.Note($"without the data no network is simulated: {exception.Message}");
            return null;
        }
    }
}
