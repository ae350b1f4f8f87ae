namespace SparseNas.Pruning;

/// <summary>
/// Layer-adaptive magnitude (LAMP, Lee et al. 2021): the score of a weight is w² / Σ of v² over the weights v of its layer with |v| ≥ |w|. One
/// global cut over these scores gives every layer its own rate, and no layer dies, because its largest weight scores 1. Exactly
/// round(sparsity · weights) weights die.
/// </summary>
/// <remarks>
/// Scores rise with |w| inside a layer, so a layer's dead weights are the first k of its sorted magnitudes; only the k of each layer are
/// searched for, by bisection over the bits of the cut. One radix sort per layer is all the work, in memory that is kept from mask to mask.
/// </remarks>
internal sealed class WeightSelector : IMaskSelector
{
    private SortedLayer[] layers = [];

    public void Select(IReadOnlyList<PrunedKernel> kernels, double sparsity)
    {
        if (!layers.Select(layer => layer.Count).SequenceEqual(kernels.Select(kernel => kernel.Weights.Length)))
        {
            layers = [.. kernels.Select(kernel => new SortedLayer(kernel.Weights.Length))];
        }

        for (int layer = 0; layer < layers.Length; layer++) layers[layer].Take(kernels[layer].Weights);
        int[] dead = DeadPerLayer(layers, sparsity);
        for (int layer = 0; layer < layers.Length; layer++)
        {
            if (dead[layer] == 0) kernels[layer].Mask.AsSpan().Fill(true);
            else Mask(kernels[layer], layers[layer].Magnitude(dead[layer] - 1), dead[layer]);
        }
    }

    /// <summary>How many weights of each layer die.</summary>
    private static int[] DeadPerLayer(SortedLayer[] layers, double sparsity)
    {
        long target = (long)Math.Round(sparsity * layers.Sum(layer => (long)layer.Count));
        uint low = 0, high = BitConverter.SingleToUInt32Bits(1f) + 1;   // at most target scores lie below low, more below high
        while (low + 1 < high)
        {
            uint middle = low + ((high - low) / 2);
            float cut = BitConverter.UInt32BitsToSingle(middle);
            if (layers.Sum(layer => (long)layer.CountBelow(cut)) <= target) low = middle;
            else high = middle;
        }

        int[] dead = [.. layers.Select(layer => layer.CountBelow(BitConverter.UInt32BitsToSingle(low)))];
        long missing = target - dead.Sum(count => (long)count);
        for (int layer = 0; layer < layers.Length && missing > 0; layer++)   // weights whose score is the cut itself
        {
            int ties = layers[layer].CountBelow(BitConverter.UInt32BitsToSingle(low + 1)) - dead[layer];
            int taken = (int)Math.Min(missing, ties);
            dead[layer] += taken;
            missing -= taken;
        }

        return dead;
    }

    /// <summary>Kills the <paramref name="count"/> smallest magnitudes, the largest of which is <paramref name="cut"/>; of equal ones the first.</summary>
    private static void Mask(PrunedKernel kernel, float cut, int count)
    {
        bool[] mask = kernel.Mask;
        int below = 0;
        foreach (float weight in kernel.Weights) below += Math.Abs(weight) < cut ? 1 : 0;
        int ties = count - below;
        for (int index = 0; index < mask.Length; index++)
        {
            float magnitude = Math.Abs(kernel.Weights[index]);
            mask[index] = magnitude > cut || (magnitude == cut && ties-- <= 0);
        }
    }

    /// <summary>A layer's scores in rising order.</summary>
    private sealed class SortedLayer(int count)
    {
        private readonly float[] scores = new float[count];
        private uint[] keys = new uint[count], other = new uint[count];   // the magnitudes' bits, which order as the magnitudes do

        /// <summary>Sorts and scores a layer's weights.</summary>
        public void Take(float[] weights)
        {
            Sort(weights);
            double suffix = 0;
            for (int index = scores.Length - 1; index >= 0; index--)
            {
                float magnitude = Magnitude(index);
                double square = (double)magnitude * magnitude;
                suffix += square;
                scores[index] = suffix == 0 ? 0f : (float)(square / suffix);
            }
        }

        public int Count => scores.Length;

        /// <summary>The magnitude at a rank, the smallest at 0.</summary>
        public float Magnitude(int rank) => BitConverter.UInt32BitsToSingle(keys[rank]);

        /// <summary>Number of scores smaller than <paramref name="cut"/>.</summary>
        public int CountBelow(float cut)
        {
            int low = 0, high = scores.Length;
            while (low < high)
            {
                int middle = (low + high) / 2;
                if (scores[middle] < cut) low = middle + 1;
                else high = middle;
            }

            return low;
        }

        /// <summary>Magnitudes in rising order: a radix sort over the bits, three passes of eleven (positive floats order like integers).</summary>
        private void Sort(float[] weights)
        {
            const int Digits = 1 << 11;
            for (int index = 0; index < keys.Length; index++) keys[index] = BitConverter.SingleToUInt32Bits(Math.Abs(weights[index]));
            Span<int> starts = stackalloc int[Digits];
            for (int shift = 0; shift < 32; shift += 11)
            {
                starts.Clear();
                foreach (uint key in keys) starts[(int)(key >> shift) & (Digits - 1)]++;
                int sum = 0;
                foreach (ref int start in starts) (start, sum) = (sum, sum + start);
                foreach (uint key in keys) other[starts[(int)(key >> shift) & (Digits - 1)]++] = key;
                (keys, other) = (other, keys);
            }
        }
    }
}
