using SparseNas.Boards;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Codegen.Firmware;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Search;
using SparseNas.Simulator;
using SparseNas.Training;
using SparseNas.Training.Data;

namespace SparseNas.Cli;

/// <summary>A mistake in what the user asked for: exit code 2 and one paragraph.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>Nothing fits the limits: exit code 3, with each limit and its values.</summary>
internal sealed class NothingFitsException(string message) : Exception(message);

/// <summary>Turns exceptions that users can do something about into one paragraph and an exit code. Anything else is a defect and shows its trace.</summary>
internal static class Failure
{
    public static bool IsExpected(Exception exception) => CodeOf(exception) is not null;

    public static int Report(Exception exception, Terminal terminal)
    {
        terminal.Error(exception is OperationCanceledException ? "Cancelled." : exception.Message);
        return CodeOf(exception)!.Value;
    }

    private static int? CodeOf(Exception exception) => exception switch
    {
        OperationCanceledException => ExitCode.Cancelled,
        UsageException or ArchitectureException or ConfigurationException or DatasetException or StudyException or InstructionSetException => ExitCode.Usage,
        NothingFitsException or BoardApiException or EmissionBudgetException => ExitCode.NothingFits,
        StudyStoreException or QuantizedNetworkException or FirmwareCompilationException or FirmwareFault or MissingMemberFault or DamagedAssemblyException or IOException or UnauthorizedAccessException => ExitCode.Failure,
        _ => null,
    };
}
