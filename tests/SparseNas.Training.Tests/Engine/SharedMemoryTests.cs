using SparseNas.Networks;
using SparseNas.Training.Engine;

namespace SparseNas.Training.Tests.Engine;

public class SharedMemoryTests
{
    [Fact]
    public void Buffers_that_live_together_never_overlap_and_the_whole_is_smaller_than_the_sum()
    {
        var random = new SeededRandom(8);
        for (int round = 0; round < 200; round++)
        {
            var memory = new SharedMemory();
            (int Size, int First, int Last)[] buffers =
                [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => (random.Next(1, 50), random.Next(10))).Select(p => (p.Item1, p.Item2, p.Item2 + random.Next(4)))];
            foreach (var (size, first, last) in buffers) memory.Add(size, first, last);
            nint[] offsets = memory.Place(out nint whole);
            for (int a = 0; a < buffers.Length; a++)
            {
                Assert.InRange(offsets[a] + buffers[a].Size, 0, whole);
                for (int b = 0; b < a; b++)
                {
                    bool together = buffers[a].First <= buffers[b].Last && buffers[b].First <= buffers[a].Last;
                    bool apart = offsets[a] + buffers[a].Size <= offsets[b] || offsets[b] + buffers[b].Size <= offsets[a];
                    Assert.True(!together || apart, $"round {round}: buffers {a} and {b} overlap");
                }
            }

            int busiest = Enumerable.Range(0, 14).Max(time => buffers.Where(b => b.First <= time && time <= b.Last).Sum(b => b.Size));
            Assert.InRange(whole, busiest, buffers.Sum(b => b.Size));
        }
    }
}
