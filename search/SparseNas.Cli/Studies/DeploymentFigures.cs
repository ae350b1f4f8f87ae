using System.Text.Json;
using SparseNas.Boards;
using SparseNas.Cli.Deployment;
using SparseNas.Networks;
using SparseNas.Search;
using SparseNas.Training.Data;

namespace SparseNas.Cli.Studies;

/// <summary>What a trial takes on its study's board, simulated with the whole application around it.</summary>
internal sealed record DeploymentFigures(
    string Board, string CostTable, string Tool, long Cycles, double Milliseconds, int HeapPeakBytes, int ImageBytes, bool Fits)
{
    private const string FileName = "deployments.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n" };

    /// <summary>
    /// The figures of a front, simulated where they are not known yet and kept in the study's folder: they follow from the trial, the board and the
    /// tool's version, all of which are kept with them.
    /// </summary>
    public static IReadOnlyDictionary<int, DeploymentFigures> Of(StudyRecord record, Dataset dataset, BoardProfile board, Terminal terminal, TimeProvider time)
    {
        string path = Path.Combine(record.Folder, FileName);
        Dictionary<int, DeploymentFigures> known = Read(path);
        Trial[] open = [.. record.Front.Members.Where(trial => !(known.TryGetValue(trial.Number, out DeploymentFigures? figures) && figures.IsOf(board)))];
        if (open.Length == 0) return known;
        terminal.Note($"simulating {open.Length} network(s) of the front on {board.Name} …");
        var progress = new CountedProgress(terminal, time, open.Length);
        (int Number, DeploymentFigures Figures)[] simulated =
        [
            .. open.AsParallel().Select(trial =>
            {
                DeploymentFigures figures = Simulate(record, trial, dataset, board);
                progress.Finished($"trial {trial.Number}: {Units.Milliseconds(figures.Milliseconds)}, heap {Units.Bytes(figures.HeapPeakBytes)}, image {Units.Bytes(figures.ImageBytes)}");
                return (trial.Number, figures);
            }),
        ];
        foreach ((int number, DeploymentFigures figures) in simulated) known[number] = figures;
        Keep(path, known, terminal);
        return known;
    }

    /// <summary>What cannot be kept is only simulated again next time: a full or read-only disk must not hide a front.</summary>
    private static void Keep(string path, Dictionary<int, DeploymentFigures> known, Terminal terminal)
    {
        try
        {
            AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, new SortedDictionary<int, DeploymentFigures>(known), Json));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            terminal.Note($"The figures could not be kept in {path}: {e.Message} They will be simulated again next time.");
        }
    }

    private bool IsOf(BoardProfile board) => Board == board.Name && CostTable == board.CostTable.Title && Tool == ToolVersion.Text;

    private static DeploymentFigures Simulate(StudyRecord record, Trial trial, Dataset dataset, BoardProfile board)
    {
        FirmwareSimulation simulation = DeploymentWish.For(record.Study.Reserve).Fulfil(Deployable.Of(record, trial, dataset), board, CancellationToken.None).Simulation;
        return new DeploymentFigures(
            board.Name, board.CostTable.Title, ToolVersion.Text, (long)simulation.Inference.Cycles.Expected, simulation.Inference.Milliseconds.Expected,
            simulation.HeapPeakBytes, simulation.Application.Report.ImageBytes, simulation.Fits);
    }

    /// <summary>A missing or damaged file only means simulating again.</summary>
    private static Dictionary<int, DeploymentFigures> Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<Dictionary<int, DeploymentFigures>>(File.ReadAllText(path), Json) ?? [] : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
