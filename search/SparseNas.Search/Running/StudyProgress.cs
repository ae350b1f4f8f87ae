namespace SparseNas.Search;

/// <summary>A trial has finished and is on disk.</summary>
/// <param name="Trial">The trial.</param>
/// <param name="Finished">Trials finished in all, earlier runs included.</param>
/// <param name="Total">Trials of the study.</param>
/// <param name="Front">The front after it.</param>
/// <param name="FrontChanged">Whether the trial changed the front.</param>
/// <param name="Remaining">Forecast of the time to the end of this run, by the pace of this run; null before there is a pace.</param>
public sealed record StudyProgress(Trial Trial, int Finished, int Total, ParetoFront Front, bool FrontChanged, TimeSpan? Remaining);

/// <summary>Why a run ended.</summary>
public enum RunEnd
{
    /// <summary>All trials of the study are finished.</summary>
    Finished,

    /// <summary>The time was up; trials under way were given up and will run again on resume.</summary>
    TimeUp,

    /// <summary>It was cancelled; likewise.</summary>
    Cancelled,
}

/// <summary>What a run left.</summary>
/// <param name="End">Why it ended.</param>
/// <param name="Record">The study as it is on disk.</param>
public sealed record StudyRun(RunEnd End, StudyRecord Record);
