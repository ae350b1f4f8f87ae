using System.IO.Ports;
using System.Threading;
using SparseNas.Generated;

namespace SparseNas.Device
{
    /// <summary>
    /// Classifies images that arrive on a serial port as raw bytes, row after row, columns of channels; answers each image with one
    /// line, <c>CLASS 0007</c>. Silence of a second inside an image drops it, answered by <c>RESET 0012</c>: the rows that had arrived.
    /// </summary>
    public static class Live
    {
        /// <summary>The console's own port only writes. ESP32 boards assign pins to a port first: see nanoFramework.Hardware.Esp32.</summary>
        private const string PortName = "COM2";

        private const int BaudRate = 115200;
        private const int SilenceMilliseconds = 1000;

        public static void Run(byte[] row)
        {
            byte[] classLine = { 67, 76, 65, 83, 83, 32, 48, 48, 48, 48, 13, 10 };
            byte[] resetLine = { 82, 69, 83, 69, 84, 32, 48, 48, 48, 48, 13, 10 };
            SerialPort port = new SerialPort(PortName, BaudRate);
            port.ReadBufferSize = row.Length > 64 ? 4 * row.Length : 256;
            port.Open();
            while (true)
            {
                Model.Reset();
                int rows = Receive(port, row);
                if (rows == Model.InputHeight)
                {
                    Model.Run();
                    Answer(port, classLine, Model.Class());
                }
                else
                {
                    Answer(port, resetLine, rows);
                }
            }
        }

        /// <summary>Feeds rows to the model; returns how many arrived before the silence. The first row may take as long as it likes.</summary>
        private static int Receive(SerialPort port, byte[] row)
        {
            for (int rows = 0; rows < Model.InputHeight; rows++)
            {
                int waited = 0;
                while (port.BytesToRead < row.Length)
                {
                    bool started = rows > 0 || port.BytesToRead > 0;
                    if (started && waited >= SilenceMilliseconds)
                    {
                        Drain(port, row);
                        return rows;
                    }

                    Thread.Sleep(1);
                    if (started) waited++;
                }

                port.Read(row, 0, row.Length);
                Model.PushRow(row);
            }

            return Model.InputHeight;
        }

        private static void Drain(SerialPort port, byte[] row)
        {
            while (port.BytesToRead > 0) port.Read(row, 0, port.BytesToRead < row.Length ? port.BytesToRead : row.Length);
        }

        /// <summary>Writes four decimal digits into the line that exists already, so that answering allocates nothing.</summary>
        private static void Answer(SerialPort port, byte[] line, int number)
        {
            for (int place = 9; place >= 6; place--)
            {
                line[place] = (byte)('0' + number % 10);
                number /= 10;
            }

            port.Write(line, 0, line.Length);
        }
    }
}
