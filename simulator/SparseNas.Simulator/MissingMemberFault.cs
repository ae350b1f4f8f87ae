namespace SparseNas.Simulator;

/// <summary>A type or member that a program names and that the simulator cannot run; says whether the device would have it, and in which package.</summary>
public sealed class MissingMemberFault : Exception
{
    /// <summary>Builds the fault.</summary>
    /// <param name="member">Type, field or method, as <c>System.Array::Copy(…)</c>.</param>
    /// <param name="onDevice">Whether the device's libraries contain it.</param>
    /// <param name="package">The package beside the core library that has it, or null.</param>
    public MissingMemberFault(string member, bool onDevice, string? package = null)
        : base(onDevice
            ? $"{member}: the device has it{(package is null ? "" : $" in the package {package}")}, but the simulator does not model it; keep it out of the simulated part"
            : $"{member}: neither the program nor the device's libraries have it")
    {
        Member = member;
        OnDevice = onDevice;
        Package = package;
    }

    /// <summary>The member's name.</summary>
    public string Member { get; }

    /// <summary>Whether the device's libraries contain the member.</summary>
    public bool OnDevice { get; }

    /// <summary>The device's package that has it, when that is not the core library.</summary>
    public string? Package { get; }
}
