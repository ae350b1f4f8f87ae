using System.Numerics;

namespace SparseNas.Search;

/// <summary>
/// L with L·Lᵀ = A for a symmetric positive definite A, row by row on one thread, so that the same numbers give the same bits whatever else runs. Rounding that
/// makes A indefinite is met by the smallest sufficient addition to the diagonal.
/// </summary>
internal sealed class Cholesky
{
    private readonly double[] lower;
    private readonly int size;

    private Cholesky(double[] lower, int size)
    {
        this.lower = lower;
        this.size = size;
    }

    public double this[int row, int column] => lower[(row * size) + column];

    /// <summary>ln |A|.</summary>
    public double LogDeterminant => 2 * Enumerable.Range(0, size).Sum(index => Math.Log(this[index, index]));

    /// <summary>The factor of a matrix given row by row.</summary>
    public static Cholesky Of(double[] matrix, int size)
    {
        double scale = Enumerable.Range(0, size).Max(index => Math.Abs(matrix[(index * size) + index]));
        for (double jitter = 0; ; jitter = jitter == 0 ? 1e-10 * Math.Max(scale, 1e-12) : jitter * 10)
        {
            if (TryFactor(matrix, size, jitter) is { } lower) return new Cholesky(lower, size);
        }
    }

    /// <summary>y with L·y = b, in place.</summary>
    public void SolveLower(Span<double> b)
    {
        for (int row = 0; row < size; row++) b[row] = (b[row] - Dot(lower.AsSpan(row * size, row), b[..row])) / this[row, row];
    }

    /// <summary>x with Lᵀ·x = y, in place.</summary>
    public void SolveUpper(Span<double> y)
    {
        for (int row = size - 1; row >= 0; row--)
        {
            y[row] /= this[row, row];
            for (int column = 0; column < row; column++) y[column] -= this[row, column] * y[row];
        }
    }

    /// <summary>Sum of products.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        Vector<double> sums = Vector<double>.Zero;
        int index = 0;
        for (; index <= a.Length - Vector<double>.Count; index += Vector<double>.Count) sums += new Vector<double>(a[index..]) * new Vector<double>(b[index..]);
        double sum = Vector.Sum(sums);
        for (; index < a.Length; index++) sum += a[index] * b[index];
        return sum;
    }

    private static double[]? TryFactor(double[] matrix, int size, double jitter)
    {
        var lower = new double[size * size];
        for (int row = 0; row < size; row++)
        {
            Span<double> mine = lower.AsSpan(row * size, size);
            for (int column = 0; column < row; column++)
            {
                mine[column] = (matrix[(row * size) + column] - Dot(mine[..column], lower.AsSpan(column * size, column))) / lower[(column * size) + column];
            }

            double pivot = matrix[(row * size) + row] + jitter - Dot(mine[..row], mine[..row]);
            if (!(pivot > 0)) return null;
            mine[row] = Math.Sqrt(pivot);
        }

        return lower;
    }
}
