using SparseNas.Networks;

namespace SparseNas.Training.Tests;

public class TrainingMemoryTests
{
    [Fact]
    public void A_trial_of_net_C_at_batch_64_holds_at_most_eight_megabytes() =>
        Assert.InRange(TrainingMemory.Bytes(ReferenceNets.C, new TrainingOptions { BatchSize = 64 }), 3_000_000, 8_000_000);

    [Fact]
    public void Memory_of_a_network_without_batch_norm_hardly_grows_with_the_batch()
    {
        long small = TrainingMemory.Bytes(ReferenceNets.B, new TrainingOptions { BatchSize = 16 });
        long large = TrainingMemory.Bytes(ReferenceNets.B, new TrainingOptions { BatchSize = 256 });
        long images = (256 - 16) * 28 * 28 * sizeof(float);
        Assert.InRange(large - small, images, images * 1.05);
    }
}
