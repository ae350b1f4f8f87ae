namespace SparseNas.Training.Data;

/// <summary>Splits in which every class is represented in proportion to its size.</summary>
internal static class Stratification
{
    /// <summary>Chooses <paramref name="heldOut"/> of one class's sample indices (ascending in <paramref name="members"/>, which it may reorder).</summary>
    public delegate ReadOnlySpan<int> HoldOut(int[] members, int heldOut);

    /// <summary>Every sample goes to one of two parts; the second has exactly <paramref name="heldOutCount"/>. Both keep the original order.</summary>
    public static (Samples Kept, Samples HeldOut) Split(Samples samples, int heldOutCount, HoldOut choose)
    {
        int[][] members = MembersByClass(samples);
        int[] quotas = Apportion([.. members.Select(of => of.Length)], heldOutCount);
        var isHeldOut = new bool[samples.Count];
        for (int label = 0; label < members.Length; label++)
        {
            foreach (int index in choose(members[label], quotas[label])) isHeldOut[index] = true;
        }

        int[] all = [.. Enumerable.Range(0, samples.Count)];
        return (samples.Select([.. all.Where(index => !isHeldOut[index])]), samples.Select([.. all.Where(index => isHeldOut[index])]));
    }

    /// <summary>
    /// A split without random numbers, for files that were published without one: in each class the held-out samples are spread evenly
    /// over the file order. Sample i of the n of its class is held out when ⌊(i+1)·q/n⌋ exceeds ⌊i·q/n⌋, q being the class's share.
    /// </summary>
    public static (Samples Kept, Samples HeldOut) SplitEvenly(Samples samples, int heldOutCount) =>
        Split(samples, heldOutCount, (members, quota) =>
        {
            long size = members.Length;
            return members.Where((_, i) => (i + 1) * quota / size > i * quota / size).ToArray();
        });

    /// <summary>
    /// Shares <paramref name="total"/> out in proportion to <paramref name="sizes"/> by largest remainders (Hamilton's method); equal
    /// remainders go to the lower class. No share exceeds its size.
    /// </summary>
    public static int[] Apportion(int[] sizes, int total)
    {
        long sum = sizes.Sum(size => (long)size);
        if (total < 0 || total > sum) throw new ArgumentOutOfRangeException(nameof(total), total, $"There are {sum} to share out.");
        if (sum == 0) return new int[sizes.Length];
        int[] shares = [.. sizes.Select(size => (int)(size * (long)total / sum))];
        int left = total - shares.Sum();
        foreach (int index in Enumerable.Range(0, sizes.Length).OrderByDescending(i => sizes[i] * (long)total % sum).Take(left)) shares[index]++;
        return shares;
    }

    private static int[][] MembersByClass(Samples samples)
    {
        var members = new List<int>[samples.Classes];
        for (int label = 0; label < members.Length; label++) members[label] = [];
        for (int index = 0; index < samples.Count; index++) members[samples.Label(index)].Add(index);
        return [.. members.Select(list => list.ToArray())];
    }
}
