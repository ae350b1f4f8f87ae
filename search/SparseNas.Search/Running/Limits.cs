using System.Globalization;

namespace SparseNas.Search;

/// <summary>Judges a measured trial by the hard limits and by common sense: figures that are not finite never reach the front.</summary>
internal static class Limits
{
    /// <summary>How a trial ended, and why when it is not completed.</summary>
    public static (TrialStatus Status, string? Reason) Judge(Evaluation evaluation, Study study)
    {
        if (evaluation.Status != TrialStatus.Completed) return (evaluation.Status, evaluation.Reason ?? "no reason was given");
        return evaluation.Score is { } score ? Judge(score, study) : (TrialStatus.Failed, "the trial ended without a score");
    }

    /// <summary>A finished trial under the study's present limits: they may have changed since it ran. One without a score stays as it is.</summary>
    public static Trial Judged(Trial trial, Study study)
    {
        if (trial is not { Status: TrialStatus.Completed or TrialStatus.Infeasible, Score: { } score }) return trial;
        (TrialStatus status, string? reason) = Judge(score, study);
        return trial with { Status = status, Reason = reason };
    }

    private static (TrialStatus Status, string? Reason) Judge(Score score, Study study)
    {
        foreach (Objective objective in study.Objectives)
        {
            double value = objective.Of(score);
            if (!double.IsFinite(value)) return (TrialStatus.Failed, $"{objective.Name} was not measured");
            if (value > objective.Limit)
            {
                return (TrialStatus.Infeasible, string.Create(CultureInfo.InvariantCulture, $"{objective.Name}: {value}, but the limit is {objective.Limit}"));
            }
        }

        if (score.Deployment is not { } cost) return (TrialStatus.Completed, null);
        string? broken = Broken("managed heap", cost.HeapBytes, study.Reserve.HeapBytes, cost.Room.HeapBytes, "")
            ?? Broken("deployment image", cost.ImageBytes, study.Reserve.FlashBytes, cost.Room.FlashBytes, "");
        return (broken is null ? TrialStatus.Completed : TrialStatus.Infeasible, broken);
    }

    /// <summary>What a candidate takes of its board at least, before it is trained; null when it may fit.</summary>
    public static string? Broken(Forecast forecast, Study study, BoardRoom? room) => room is null ? null
        : Broken("managed heap", forecast.LeastHeapBytes, study.Reserve.HeapBytes, room.HeapBytes, "at least ")
            ?? Broken("deployment image", forecast.LeastImageBytes, study.Reserve.FlashBytes, room.FlashBytes, "at least ");

    private static string? Broken(string what, long usedBytes, long reservedBytes, long roomBytes, string bound)
    {
        if (usedBytes + reservedBytes <= roomBytes) return null;
        string reserved = reservedBytes == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" and {reservedBytes} reserved");
        return string.Create(CultureInfo.InvariantCulture, $"{what}: {bound}{usedBytes} bytes{reserved}, but the board has {roomBytes}");
    }
}
