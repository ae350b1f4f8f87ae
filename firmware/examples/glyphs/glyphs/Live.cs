using System.IO.Ports;
using System.Threading;
using SparseNas.Generated;

namespace SparseNas.Device
{
    /// <summary>
    /// Classifies images that arrive on a serial port as raw sensor bytes, row after row, columns of channels. Each row is answered by a dot when
    /// the model has taken it and the next may come, each image by one line with number and name of its class, <c>CLASS 0007 seven</c>. Silence of a
    /// second inside an image drops it, answered by <c>RESET 0012</c>: the rows that had arrived. Rows go from the port straight to where the model
    /// takes them, and nothing is allocated once images arrive.
    /// </summary>
    public static class Live
    {
        private const int SilenceMilliseconds = 1000;

        public static void Run()
        {
            byte[] taken = { (byte)'.' };
            byte[] dropped = Line("RESET 0000");
            byte[][] answers = Answers();
            SerialPort port = Wiring.Open(2 * Model.RowBytes);
            while (true)
            {
                Model.Reset();
                int rows = Receive(port, taken);
                if (rows == Model.InputHeight)
                {
                    Model.Run();
                    byte[] answer = answers[Model.Class()];
                    port.Write(answer, 0, answer.Length);
                }
                else
                {
                    PrintNumber(dropped, rows);
                    port.Write(dropped, 0, dropped.Length);
                }
            }
        }

        /// <summary>Feeds rows to the model as they arrive; returns how many did before the silence. The first may take as long as it likes.</summary>
        private static int Receive(SerialPort port, byte[] taken)
        {
            for (int rows = 0; rows < Model.InputHeight; rows++)
            {
                int waited = 0;
                while (port.BytesToRead < Model.RowBytes)
                {
                    bool started = rows > 0 || port.BytesToRead > 0;
                    if (started && waited >= SilenceMilliseconds)
                    {
                        Drain(port);
                        return rows;
                    }

                    Thread.Sleep(1);
                    if (started) waited++;
                }

                port.Read(Model.Arena, Model.RowOffset, Model.RowBytes);
                Model.RowArrived();
                port.Write(taken, 0, taken.Length);
            }

            return Model.InputHeight;
        }

        /// <summary>Reads the rest of a row to where the image that is dropped would have had it.</summary>
        private static void Drain(SerialPort port)
        {
            while (port.BytesToRead > 0) port.Read(Model.Arena, Model.RowOffset, port.BytesToRead < Model.RowBytes ? port.BytesToRead : Model.RowBytes);
        }

        /// <summary>One line per class, made beforehand.</summary>
        private static byte[][] Answers()
        {
            byte[][] answers = new byte[Model.Classes][];
            for (int index = 0; index < answers.Length; index++)
            {
                answers[index] = Line("CLASS 0000 " + Model.Label(index));
                PrintNumber(answers[index], index);
            }

            return answers;
        }

        /// <summary>The characters of ASCII as bytes, any other as a question mark; then the end of a line.</summary>
        private static byte[] Line(string text)
        {
            byte[] line = new byte[text.Length + 2];
            for (int index = 0; index < text.Length; index++)
            {
                char character = text[index];
                line[index] = (byte)(character < 128 ? character : '?');
            }

            line[text.Length] = (byte)'\r';
            line[text.Length + 1] = (byte)'\n';
            return line;
        }

        /// <summary>Writes four decimal digits behind the word and the blank.</summary>
        private static void PrintNumber(byte[] line, int number)
        {
            for (int place = 9; place >= 6; place--)
            {
                line[place] = (byte)('0' + number % 10);
                number /= 10;
            }
        }
    }
}
