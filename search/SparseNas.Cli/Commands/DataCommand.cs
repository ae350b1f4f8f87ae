using System.CommandLine;
using SparseNas.Training.Data;
using SparseNas.Training.Data.Catalog;

namespace SparseNas.Cli.Commands;

/// <summary><c>sparsenas data list|check|get</c>: the datasets it knows.</summary>
internal static class DataCommand
{
    private const string DefaultFolder = "data";

    public static Command Create(CommandContext context) => new("data", "The datasets it knows: what they are, whether the files are sound, where they come from.")
    {
        List(context), Check(context), Get(context),
    };

    private static Command List(CommandContext context)
    {
        Option<bool> json = CommandContext.JsonOption();
        var command = new Command("list", "Known datasets with source and licence.") { json };
        command.SetAction(parsed =>
        {
            Terminal terminal = context.Terminal(parsed);
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(terminal, DatasetFacts.All);
                return ExitCode.Ok;
            }

            var table = new TextTable("name", "sample", "train", "test", "classes", "licence", "source") { Words = [0, 1, 5, 6] };
            foreach (DatasetFacts facts in DatasetFacts.All)
            {
                table.Add(
                    facts.Name, string.Join('x', facts.Shape), Units.Grouped(facts.TrainCount), Units.Grouped(facts.TestCount), Units.Grouped(facts.ClassNames.Length),
                    Licence(facts), facts.Homepage.Length == 0 ? facts.Title : facts.Homepage);
            }

            terminal.Write(table);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Check(CommandContext context)
    {
        var name = new Argument<string?>("NAME") { Description = "One dataset; without it all whose files are there.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> data = CommandContext.DataOption();
        Option<bool> json = CommandContext.JsonOption();
        var command = new Command("check", "Compares files with their checksums, reads them, and says what they are.") { name, data, json };
        command.SetAction(parsed =>
        {
            Terminal terminal = context.Terminal(parsed);
            string folder = DataFolder.Find(parsed.GetValue(data))
                ?? throw new UsageException($"There is no data folder: name one with --data, set {DataFolder.EnvironmentVariable}, or make ./data.");
            DatasetFacts[] wanted = parsed.GetValue(name) is { } one
                ? [DatasetFacts.Of(one)]
                : [.. DatasetFacts.All.Where(facts => facts.Files.Length > 0 && Directory.Exists(Path.Combine(folder, facts.FileFacts.Name)))];
            terminal.Note($"reading {folder} …");
            DatasetCheck[] checks = [.. wanted.Select(facts => DatasetChecker.Check(facts, folder))];
            if (parsed.GetValue(json)) JsonOutput.Write(terminal, checks);
            else foreach (DatasetCheck check in checks) Print(terminal, check);
            if (checks.Length == 0) throw new UsageException($"'{folder}' holds none of the known datasets; `sparsenas data list` names them.");
            return checks.All(check => check.IsReadable) ? ExitCode.Ok : ExitCode.Failure;
        });
        return command;
    }

    private static Command Get(CommandContext context)
    {
        var name = new Argument<string>("NAME") { Description = "The dataset." };
        Option<string?> data = CommandContext.DataOption();
        var mirror = new Option<string?>("--mirror") { Description = "A server that holds the files as a data folder does, instead of the public home.", HelpName = "URL" };
        var command = new Command("get", "Downloads a dataset from its public home and verifies its SHA-256.") { name, data, mirror };
        command.SetAction(async (parsed, cancellation) =>
        {
            Terminal terminal = context.Terminal(parsed);
            DatasetFacts facts = DatasetFacts.Of(parsed.GetRequiredValue(name));
            string folder = parsed.GetValue(data) ?? DataFolder.Find(null) ?? DefaultFolder;
            using var http = new HttpClient();
            var downloader = new DatasetDownloader(http, parsed.GetValue(mirror) is { } url ? AddressOf(url) : null);
            var files = await downloader.DownloadAsync(facts, folder, new DownloadNotes(terminal, context.Time), cancellation);
            foreach (string file in files) terminal.WriteLine(Path.Combine(folder, file));
            terminal.Note(files.IsEmpty ? $"all files of {facts.Name} are in {folder} already" : $"{files.Length} file(s) of {facts.Name} verified");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Uri AddressOf(string url) => Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && address.Scheme is ("http" or "https")
        ? address
        : throw new UsageException($"--mirror: an address that begins with http:// or https:// is needed, but got '{url}'.");

    /// <summary>The licence up to its first comma: the whole text is in <c>--json</c>.</summary>
    private static string Licence(DatasetFacts facts) => facts.Licence.Split(',')[0];

    private static void Print(Terminal terminal, DatasetCheck check)
    {
        terminal.WriteLine(check.Verdict);
        foreach (FileCheck file in check.Files)
        {
            string mark = file.State switch { FileState.Recognised => "ok", FileState.Unknown => "??", _ => "--" };
            terminal.WriteLine($"  {mark}  {file.Path}: {file.What}");
        }

        if (check.Problem is { } problem) terminal.WriteLine($"  cannot be read: {problem}");
    }
}
