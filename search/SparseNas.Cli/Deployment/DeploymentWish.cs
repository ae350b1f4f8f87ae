using SparseNas.Boards;
using SparseNas.Codegen.Costs;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Codegen.Firmware;
using SparseNas.Codegen.Firmware.Application;
using SparseNas.Search;

namespace SparseNas.Cli.Deployment;

/// <summary>
/// What a user wants of a deployment; what is left open is tried in the order of preference until something fits: images over the serial port
/// before an application without one, code that is fast before code that is small. Where fast code does not fit, the chooser is asked again for the fastest
/// within what the board has left, so that no more speed is given up than it demands.
/// </summary>
/// <param name="Goal">Of the code, or null for any.</param>
/// <param name="Live">What happens after the self-test, or null for whatever fits.</param>
/// <param name="Sdk">The line of packages; what it has no package for is done without.</param>
/// <param name="Reserve">Room kept for the user's own application.</param>
internal sealed record DeploymentWish(EmissionGoal? Goal, LiveInput? Live, FirmwareSdk Sdk, Reserve Reserve)
{
    /// <summary>Everything open beside what is kept free.</summary>
    public static DeploymentWish For(Reserve reserve) => new(null, null, FirmwareSdk.Stable, reserve);

    /// <summary>Code chosen for one kind of application: once freely, then within what the simulator found missing.</summary>
    private const int MostAttempts = 4;

    /// <summary>The first that fits and computes the right numbers; when none fits, the last that was tried.</summary>
    /// <param name="deployable">The network.</param>
    /// <param name="board">The board.</param>
    /// <param name="cancellation">Ends it between two attempts.</param>
    /// <param name="progress">Told of every run in the simulator; null for nobody.</param>
    public (BuiltFirmware Firmware, FirmwareSimulation Simulation) Fulfil(
        Deployable deployable, BoardProfile board, CancellationToken cancellation, IProgress<SimulatedRuns>? progress = null)
    {
        BoardProfile published = WithPublishedApis(board);
        (BuiltFirmware Firmware, FirmwareSimulation Simulation)? last = null;
        foreach ((LiveInput live, EmissionGoal goal) in Choices(published))
        {
            EmissionBudget? budget = deployable.BudgetFor(goal, published);
            for (int attempt = 0; attempt < MostAttempts && budget is { } allowed && Build(deployable, published, goal, live, allowed) is { } firmware; attempt++)
            {
                cancellation.ThrowIfCancellationRequested();
                FirmwareSimulation simulation = FirmwareSimulation.Of(firmware, board, Reserve, progress);
                last = (firmware, simulation);
                if (simulation.Fits) return last.Value;
                budget = goal is EmissionGoal.Auto or EmissionGoal.Fast ? Tightened(allowed, firmware.Generated.Cost, simulation) : null;
            }
        }

        return last ?? throw new InvalidOperationException("at least one attempt is needed");
    }

    /// <summary>Firmware in the order of preference without regard to flash and heap, each built when it is asked for; at least one.</summary>
    /// <param name="deployable">The network.</param>
    /// <param name="board">The board.</param>
    public IEnumerable<BuiltFirmware> Attempts(Deployable deployable, BoardProfile board)
    {
        BoardProfile published = WithPublishedApis(board);
        return Choices(published).Select(choice => Deployer.Build(deployable, published, choice.Goal, choice.Live, deployable.BudgetFor(choice.Goal, published)));
    }

    private BoardProfile WithPublishedApis(BoardProfile board) => board with { Apis = [.. board.Apis.Where(api => DevicePackage.IsPublished(api, Sdk))] };

    private IEnumerable<(LiveInput Live, EmissionGoal Goal)> Choices(BoardProfile board) =>
        from live in Lives([.. board.Apis]) from goal in Goals() select (live, goal);

    private static BuiltFirmware? Build(Deployable deployable, BoardProfile board, EmissionGoal goal, LiveInput live, EmissionBudget budget)
    {
        try
        {
            return Deployer.Build(deployable, board, goal, live, budget);
        }
        catch (EmissionBudgetException) when (budget != deployable.BudgetFor(goal, board))
        {
            return null;   // nothing is as small as what is left: the attempt before says what is missing
        }
    }

    /// <summary>What code may take so that what was too much is saved; null when what is missing is neither flash nor heap.</summary>
    private static EmissionBudget? Tightened(EmissionBudget budget, ModelCost cost, FirmwareSimulation simulation)
    {
        long image = Excess(simulation, "deploymentBytes"), heap = Excess(simulation, "managedHeapBytes");
        if (image == 0 && heap == 0) return null;
        long imageBytes = (long)cost.IlBytes + cost.InitialiserBytes + cost.ResourceBytes;
        return budget with
        {
            ImageBytes = image > 0 ? Math.Min(budget.ImageBytes, imageBytes) - image : budget.ImageBytes,
            HeapBytes = heap > 0 ? Math.Min(budget.HeapBytes, cost.HeapBytes) - heap : budget.HeapBytes,
        };
    }

    private static long Excess(FirmwareSimulation simulation, string name) =>
        simulation.Limits.Where(limit => limit.Name == name).Sum(limit => Math.Max(limit.Used - limit.Available, 0));

    private LiveInput[] Lives(string[] apis) => (Live, apis.Contains(BoardDeployment.SerialPortApi, StringComparer.Ordinal)) switch
    {
        ({ } live, _) => [live],
        (null, true) => [LiveInput.Serial, LiveInput.Own],
        (null, false) => [LiveInput.Own],
    };

    private EmissionGoal[] Goals() => Goal is { } goal ? [goal] : [EmissionGoal.Auto, EmissionGoal.Small];
}
