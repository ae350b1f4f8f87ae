namespace SparseNas.Training.Tests.Engine;

/// <summary>How far a tensor's gradient may lie from the twin's; distances and norms are Euclidean.</summary>
internal enum GradientTolerance
{
    /// <summary>
    /// 1e-5 of the tensor. Compared absolutely, within 1e-6 of the whole gradient, are only tensors below that share of it and tensors of one number per
    /// channel before a batch norm, which undoes a scale and a shift of a channel: what is left of their gradient is a difference of sums that are up to
    /// a million times larger, of which single precision keeps seven digits.
    /// </summary>
    Strict,

    /// <summary>
    /// 1e-5 of the tensor or 1e-6 of the whole gradient: for architectures that nobody searches, such as a batch norm over three values, whose deviation
    /// may be as small as rounding.
    /// </summary>
    Rounding,
}

/// <summary>The tolerances as numbers.</summary>
internal static class GradientTolerances
{
    private const double Relative = 1e-5, Absolute = 1e-6;

    /// <summary>The largest distance.</summary>
    /// <param name="tolerance">Which law.</param>
    /// <param name="norm">Norm of the tensor's gradient.</param>
    /// <param name="whole">Norm of the whole gradient.</param>
    /// <param name="undone">Whether the tensor is one number per channel before a batch norm.</param>
    public static double Allowed(this GradientTolerance tolerance, double norm, double whole, bool undone)
    {
        bool absolutely = tolerance == GradientTolerance.Rounding || undone || norm < Absolute * whole;
        return absolutely ? Math.Max(Relative * norm, Absolute * whole) : Relative * norm;
    }
}
