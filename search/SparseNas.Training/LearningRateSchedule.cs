namespace SparseNas.Training;

/// <summary>The learning rate of every step.</summary>
public static class LearningRateSchedule
{
    private const double OneCycleRise = 0.3;

    /// <summary>Share of the highest rate at a step, 0 to 1.</summary>
    /// <param name="kind">Schedule.</param>
    /// <param name="step">Step, counted from 0.</param>
    /// <param name="totalSteps">Steps of the run.</param>
    /// <param name="warmUpSteps">Steps of linear warm-up, which every schedule but <see cref="ScheduleKind.OneCycle"/> starts with.</param>
    public static double Factor(ScheduleKind kind, int step, int totalSteps, double warmUpSteps)
    {
        if (kind == ScheduleKind.OneCycle)
        {
            double rise = Math.Max(OneCycleRise * totalSteps, 1);
            return step < rise ? (step + 1) / (rise + 1) : HalfCosine((step - rise) / Math.Max(totalSteps - rise, 1));
        }

        if (step < warmUpSteps) return (step + 1) / (warmUpSteps + 1);
        double progress = (step - warmUpSteps) / Math.Max(totalSteps - warmUpSteps, 1);
        return kind switch
        {
            ScheduleKind.Constant => 1,
            ScheduleKind.Cosine => HalfCosine(progress),
            ScheduleKind.Step => progress < 0.5 ? 1 : progress < 0.75 ? 0.1 : 0.01,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a schedule."),
        };
    }

    private static double HalfCosine(double progress) => 0.5 * (1 + Math.Cos(Math.PI * Math.Min(progress, 1)));
}
