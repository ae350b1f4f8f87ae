namespace SparseNas.Simulator;

/// <summary>A type or member that a program names and that the simulator cannot run; says whether the device would have it.</summary>
public sealed class MissingMemberFault : Exception
{
    /// <summary>Builds the fault.</summary>
    /// <param name="member">Type, field or method, as <c>System.Array::Copy(…)</c>.</param>
    /// <param name="onDevice">Whether the device's libraries contain it.</param>
    public MissingMemberFault(string member, bool onDevice)
        : base(onDevice
            ? $"{member}: the device has it, but the simulator does not model it; keep it out of the simulated part"
            : $"{member}: neither the program nor the device's libraries have it")
    {
        Member = member;
        OnDevice = onDevice;
    }

    /// <summary>The member's name.</summary>
    public string Member { get; }

    /// <summary>Whether the device's libraries contain the member.</summary>
    public bool OnDevice { get; }
}
