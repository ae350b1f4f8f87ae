using SparseNas.Boards;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Codegen.Firmware;
using SparseNas.Codegen.Firmware.Application;
using SparseNas.Search;

namespace SparseNas.Cli.Deployment;

/// <summary>
/// What a user wants of a deployment; what is left open is tried in the order of preference until something fits: images over the serial port
/// before an application without one, code that is fast before code that is small.
/// </summary>
/// <param name="Goal">Of the code, or null for any.</param>
/// <param name="Live">What happens after the self-test, or null for whatever fits.</param>
/// <param name="Sdk">The line of packages; what it has no package for is done without.</param>
/// <param name="Reserve">Room kept for the user's own application.</param>
internal sealed record DeploymentWish(EmissionGoal? Goal, LiveInput? Live, FirmwareSdk Sdk, Reserve Reserve)
{
    /// <summary>Everything open beside what is kept free.</summary>
    public static DeploymentWish For(Reserve reserve) => new(null, null, FirmwareSdk.Stable, reserve);

    /// <summary>The first that fits and computes the right numbers; when none fits, the last that was tried.</summary>
    /// <param name="deployable">The network.</param>
    /// <param name="board">The board.</param>
    /// <param name="cancellation">Ends it between two attempts.</param>
    public (BuiltFirmware Firmware, FirmwareSimulation Simulation) Fulfil(Deployable deployable, BoardProfile board, CancellationToken cancellation)
    {
        (BuiltFirmware Firmware, FirmwareSimulation Simulation)? last = null;
        foreach (BuiltFirmware firmware in Attempts(deployable, board))
        {
            cancellation.ThrowIfCancellationRequested();
            FirmwareSimulation simulation = FirmwareSimulation.Of(firmware, board, Reserve);
            last = (firmware, simulation);
            if (simulation.Fits) break;
        }

        return last ?? throw new InvalidOperationException("at least one attempt is needed");
    }

    /// <summary>Firmware in the order of preference, each built when it is asked for; at least one.</summary>
    /// <param name="deployable">The network.</param>
    /// <param name="board">The board.</param>
    public IEnumerable<BuiltFirmware> Attempts(Deployable deployable, BoardProfile board)
    {
        string[] apis = [.. board.Apis.Where(api => DevicePackage.IsPublished(api, Sdk))];
        return from live in Lives(apis) from goal in Goals() select Deployer.Build(deployable, board with { Apis = apis }, goal, live);
    }

    private LiveInput[] Lives(string[] apis) => (Live, apis.Contains(BoardDeployment.SerialPortApi, StringComparer.Ordinal)) switch
    {
        ({ } live, _) => [live],
        (null, true) => [LiveInput.Serial, LiveInput.Own],
        (null, false) => [LiveInput.Own],
    };

    private EmissionGoal[] Goals() => Goal is { } goal ? [goal] : [EmissionGoal.Auto, EmissionGoal.Small];
}
