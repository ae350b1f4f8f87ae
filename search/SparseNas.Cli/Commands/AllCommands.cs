using System.CommandLine;

namespace SparseNas.Cli.Commands;

/// <summary>The commands in the order in which help shows them: the order of a user's work.</summary>
internal static class AllCommands
{
    public static IEnumerable<Command> Of(CommandContext context) =>
    [
        SearchCommand.Create(context),
        FrontCommand.Create(context),
        TrialsCommand.Create(context),
        TrainCommand.Create(context),
        ScaleCommand.Create(context),
        PlanCommand.Create(context),
        DeployCommand.Create(context),
        SimulateCommand.Create(context),
        VerifyCommand.Create(context),
        MonitorCommand.Create(context),
        BoardsCommand.Create(context),
        DataCommand.Create(context),
    ];
}
