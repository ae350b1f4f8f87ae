using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>What a trial's random numbers are for; each purpose has its own stream.</summary>
internal enum SeedPurpose : ulong
{
    Proposal = 1,
    Training = 2,
    Inheritance = 3,
    Split = 4,
    FineTuning = 5,
    Pruning = 6,
    Teacher = 7,
}

/// <summary>Streams from study seed, trial number and purpose.</summary>
internal static class TrialSeeds
{
    public static SeededRandom Random(ulong studySeed, int number, SeedPurpose purpose) => new(studySeed, (ulong)number, (ulong)purpose);

    /// <summary>One seed for a trial, from which its purposes derive again.</summary>
    public static ulong Of(ulong studySeed, int number) => new SeededRandom(studySeed, (ulong)number).NextUInt64();
}
