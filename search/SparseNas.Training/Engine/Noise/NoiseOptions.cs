namespace SparseNas.Training.Engine.Noise;

/// <summary>What is random in the layers with kernels, and the seed of it.</summary>
internal readonly record struct NoiseOptions(NoiseKind Kind, ulong Seed);
